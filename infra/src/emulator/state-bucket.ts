import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";

/** What the run on the emulator does to the bucket of the state besides Terraform. */
export interface StateBucket {
  /** How many resources the state at this key records. Rejects where there is none. */
  resources(key: string): Promise<number>;
  put(key: string, text: string): Promise<void>;
  delete(key: string): Promise<void>;
  exists(): Promise<boolean>;
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
    exists: () =>
      s3.send(new HeadBucketCommand({ Bucket })).then(
        () => true,
        (error: unknown) => {
          if (error instanceof Error && error.name === "NotFound") return false;
          throw error;
        },
      ),
  };
}
