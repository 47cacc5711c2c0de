import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { MachineKind } from "@compose-fleet/fleet";
import { type RevisionStore, revisionKey, revisionOfKey, shortCommit } from "@compose-fleet/releases";

/** The revisions in a bucket. */
export function createS3Revisions(client: Pick<S3Client, "send">, bucket: string): RevisionStore {
  const at = (kind: MachineKind, revision: string) => ({ Bucket: bucket, Key: revisionKey(kind, revision) });
  async function newestFirst(prefix: string): Promise<readonly string[]> {
    const found: { revision: string; atMs: number }[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(token && { ContinuationToken: token }) }),
      );
      for (const { Key = "", LastModified } of page.Contents ?? []) {
        const revision = revisionOfKey(Key);
        if (revision !== undefined) found.push({ revision, atMs: LastModified?.getTime() ?? 0 });
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return found.sort((a, b) => b.atMs - a.atMs).map(({ revision }) => revision);
  }

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
    newest: async (kind, count) => (await newestFirst(`${kind}/`)).slice(0, count),
    newestOf: async (kind, commit) => (await newestFirst(`${kind}/${shortCommit(commit)}-`))[0],
  };
}
