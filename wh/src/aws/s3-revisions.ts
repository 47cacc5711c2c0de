import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { Revisions } from "../releases/ports.ts";
import { callLimits } from "./call-limits.ts";

/** As a revision's name begins: the commit's first 12 digits. */
const COMMIT_DIGITS = 12;

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

/** Revisions for workers in S3: `workers/COMMIT-TREE.tgz`. One commit has several when it was rendered from several fleet files. */
export function createS3Revisions(client: Pick<S3Client, "send">): Revisions {
  return {
    newestOf: async (bucket, commit) => {
      const Prefix = `workers/${commit.slice(0, COMMIT_DIGITS)}-`;
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
      return Contents.filter(({ Key }) => Key?.endsWith(".tgz"))
        .sort((a, b) => (b.LastModified?.getTime() ?? 0) - (a.LastModified?.getTime() ?? 0))
        .at(0)?.Key;
    },
  };
}
