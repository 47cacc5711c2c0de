import { S3Client } from "@aws-sdk/client-s3";
import { callLimits } from "./call-limits.ts";

/** The client for revisions; only pull mode needs one. */
export function createS3Client(options: { readonly region: string; readonly endpoint?: string }): S3Client {
  return new S3Client({
    region: options.region,
    // An endpoint by address has no host names for buckets.
    ...(options.endpoint ? { endpoint: options.endpoint, forcePathStyle: true } : {}),
    requestHandler: callLimits,
    maxAttempts: 3,
  });
}
