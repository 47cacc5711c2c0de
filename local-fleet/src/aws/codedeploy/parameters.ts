import { z } from "zod";
import type { Revision } from "../../releases/lifecycle.ts";
import { AwsError } from "../aws-error.ts";

/** What CodeDeploy calls a parameter that is none. */
export const FAULT = "ValidationException";

/** Where a revision lies, as callers write it. */
export const revisionSchema = z.object({
  revisionType: z.string().optional(),
  s3Location: z
    .object({ bucket: z.string(), key: z.string(), bundleType: z.string().optional(), eTag: z.string().optional() })
    .optional(),
});

/** When to go back by itself, as callers write it. */
export const autoRollbackSchema = z.object({
  enabled: z.boolean().default(false),
  events: z.array(z.enum(["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"])).default([]),
});

/** A revision as a machine can install it. Throws `AwsError` InvalidRevisionException. */
export function parseRevision({ revisionType, s3Location }: z.output<typeof revisionSchema>): Revision {
  const bundleType = s3Location?.bundleType;
  if (revisionType !== "S3" || !s3Location || (bundleType !== "tgz" && bundleType !== "tar"))
    throw new AwsError("InvalidRevisionException", "Only revisions in S3 of the types tgz and tar are known here.");
  return { bucket: s3Location.bucket, key: s3Location.key, bundleType };
}
