import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";

/** What the run on the emulator does to the bucket of the state besides Terraform. */
export interface StateBucket {
  /** How many resources the state at this key records. Rejects where there is none. */
  resources(key: string): Promise<number>;
  put(key: string, text: string): Promise<void>;
  delete(key: string): Promise<void>;
  /** Removes every version of every object, as "Empty" in S3's console does. */
  empty(): Promise<void>;
}

/** The bucket of this name. */
export function createStateBucket(s3: Pick<S3Client, "send">, Bucket: string): StateBucket {
  return {
    resources: async (Key) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const state = JSON.parse((await Body?.transformToString()) ?? "{}") as { resources?: readonly unknown[] };
      return state.resources?.length ?? 0;
    },
    put: async (Key, Body) => void (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))),
    delete: async (Key) => void (await s3.send(new DeleteObjectCommand({ Bucket, Key }))),
    empty: async () => {
      const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
      const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
      if (Objects.length > 0) await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    },
  };
}
