import { z } from "zod";
import { AwsError } from "../../refusals/aws-error.ts";
import type { AlarmConfiguration } from "../../releases/alarms.ts";
import type { RollbackEvent } from "../../releases/deployment.ts";
import type { Revision } from "../../releases/lifecycle.ts";

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

/** Which alarms to go by, as callers write it. */
export const alarmsSchema = z.object({
  enabled: z.boolean().default(false),
  ignorePollAlarmFailure: z.boolean().default(false),
  alarms: z.array(z.object({ name: z.string().optional() })).optional(),
});

/** AWS's documented limit. Newer accounts are said to have a higher one. */
const ALARMS = 10;
const ALARM_NAME_LENGTH = 255;

/** Alarms that CodeDeploy takes. Throws `AwsError` AlarmsLimitExceededException, InvalidAlarmConfigException. */
export function parseAlarms({ alarms, ...rest }: z.output<typeof alarmsSchema>): AlarmConfiguration {
  const refuse = (message: string) => new AwsError("InvalidAlarmConfigException", message);
  if (alarms === undefined) throw refuse("The alarm list is null");
  const names = alarms.map(({ name = "" }) => name);
  if (names.length > ALARMS)
    throw new AwsError("AlarmsLimitExceededException", `The maximum number of alarms (${ALARMS}) was exceeded`);
  if (names.some((name) => name === "" || name.length > ALARM_NAME_LENGTH))
    throw refuse(`An alarm name is empty or exceeds the limit of ${ALARM_NAME_LENGTH} characters`);
  if (new Set(names).size < names.length) throw refuse("Two alarms with the same name have been specified");
  if (rest.enabled && names.length === 0)
    throw refuse("The alarm configuration is enabled, but the alarm list is empty");
  return { ...rest, alarms: names };
}

/** When to go back, as CodeDeploy takes it. Throws `AwsError` InvalidAutoRollbackConfigException. */
export function parseAutoRollback(given: z.output<typeof autoRollbackSchema>): {
  readonly enabled: boolean;
  readonly events: readonly RollbackEvent[];
} {
  if (given.enabled && given.events.length === 0)
    throw new AwsError(
      "InvalidAutoRollbackConfigException",
      "Automatic rollback is enabled, but no event types were listed",
    );
  return given;
}

/** A revision as a machine can install it. Throws `AwsError` InvalidRevisionException. */
export function parseRevision({ revisionType, s3Location }: z.output<typeof revisionSchema>): Revision {
  const bundleType = s3Location?.bundleType;
  if (revisionType !== "S3" || !s3Location || (bundleType !== "tgz" && bundleType !== "tar"))
    throw new AwsError("InvalidRevisionException", "Only revisions in S3 of the types tgz and tar are known here.");
  return { bucket: s3Location.bucket, key: s3Location.key, bundleType };
}
