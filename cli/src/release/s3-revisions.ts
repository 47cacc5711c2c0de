import {
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { MachineKind } from "@compose-fleet/fleet";
import { CliError, exitCodes } from "@compose-fleet/local-fleet/process";
import { revisionKey, revisionOfKey } from "@compose-fleet/releases";

/** Where revisions are kept. Every method throws AWS's errors. */
export interface RevisionStore {
  /** Keeps an archive under its name, once: one that is there stays as it is. */
  put(kind: MachineKind, revision: string, archive: Buffer): Promise<"created" | "there already">;
  has(kind: MachineKind, revision: string): Promise<boolean>;
  get(kind: MachineKind, revision: string): Promise<Buffer>;
  /** The newest, newest first. */
  newest(kind: MachineKind, count: number): Promise<readonly string[]>;
}

/** The revisions in a bucket. */
export function createS3Revisions(client: Pick<S3Client, "send">, bucket: string): RevisionStore {
  const at = (kind: MachineKind, revision: string) => ({ Bucket: bucket, Key: revisionKey(kind, revision) });
  return {
    put: async (kind, revision, archive) => {
      try {
        await client.send(
          new PutObjectCommand({
            ...at(kind, revision),
            Body: archive,
            ContentType: "application/gzip",
            IfNoneMatch: "*",
          }),
        );
        return "created";
      } catch (error) {
        if (error instanceof Error && error.name === "PreconditionFailed") return "there already";
        throw error;
      }
    },
    has: async (kind, revision) => {
      try {
        await client.send(new HeadObjectCommand(at(kind, revision)));
        return true;
      } catch (error) {
        if (error instanceof Error && (error.name === "NotFound" || error.name === "NoSuchKey")) return false;
        throw error;
      }
    },
    get: async (kind, revision) => {
      const { Body } = await client.send(new GetObjectCommand(at(kind, revision)));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    newest: async (kind, count) => {
      const found: { revision: string; atMs: number }[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: `${kind}/`, ContinuationToken: token }),
        );
        for (const { Key = "", LastModified } of page.Contents ?? []) {
          const revision = revisionOfKey(Key);
          if (revision !== undefined) found.push({ revision, atMs: LastModified?.getTime() ?? 0 });
        }
        token = page.NextContinuationToken;
      } while (token !== undefined);
      return found
        .sort((a, b) => b.atMs - a.atMs)
        .slice(0, count)
        .map(({ revision }) => revision);
    },
  };
}

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
