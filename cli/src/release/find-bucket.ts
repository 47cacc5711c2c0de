import { ListBucketsCommand, type S3Client } from "@aws-sdk/client-s3";
import { CliError, exitCodes } from "@compose-fleet/process";

/** Name of the only bucket of the account that begins with `prefix`. Throws `CliError` (exit code 2) when there is none, or several. */
export async function findRevisionBucket(client: Pick<S3Client, "send">, prefix: string): Promise<string> {
  const { Buckets = [] } = await client.send(new ListBucketsCommand({ Prefix: prefix }));
  const names = Buckets.flatMap(({ Name }) => (Name?.startsWith(prefix) ? [Name] : []));
  const [name, ...others] = names;
  if (name !== undefined && others.length === 0) return name;
  throw new CliError(
    name === undefined
      ? `This account has no bucket ${prefix}…: deploy the fleet first (npm run deploy -- fleet), or name its output revision_bucket with --bucket.`
      : `Several buckets are called ${prefix}… (${names.join(", ")}): say which one with --bucket.`,
    exitCodes.usage,
  );
}
