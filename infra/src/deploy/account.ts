import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { paginateListSubscriptions, SNSClient } from "@aws-sdk/client-sns";
import { GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { lockOf, type StateLock } from "./state-lock.ts";

/** What is asked of the AWS account beside Terraform. Reads only, but for `emptyBucket`. Rejects with AWS's errors. */
export interface Account {
  /** Its twelve digits. */
  id(): Promise<string>;
  hasBucket(name: string): Promise<boolean>;
  hasObject(bucket: string, key: string): Promise<boolean>;
  /** Who holds the lock of the state at this key; undefined where nobody does. */
  stateLock(bucket: string, key: string): Promise<StateLock | undefined>;
  /** How many resources the state at this key records; 0 where there is none. */
  stateResources(bucket: string, key: string): Promise<number>;
  /** Deletes every version of every object. Idempotent. */
  emptyBucket(name: string): Promise<void>;
  /** Mail addresses that have not confirmed yet, of topics whose names begin so. */
  pendingMailSubscriptions(topicPrefix: string): Promise<readonly string[]>;
  /** Names of the parameters right below a path. */
  parameterNames(path: string): Promise<ReadonlySet<string>>;
}

/** The account of the credentials in the environment. */
export function createAwsAccount(region: string): Account {
  const sts = new STSClient({ region });
  const s3 = new S3Client({ region, forcePathStyle: true });
  const ssm = new SSMClient({ region });
  const sns = new SNSClient({ region });
  const textOf = (bucket: string, key: string) =>
    s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })).then(
      (object) => object.Body?.transformToString(),
      (error: unknown) => absent(error, undefined),
    );
  return {
    id: async () => (await sts.send(new GetCallerIdentityCommand({}))).Account ?? "unknown",
    hasBucket: (name) =>
      s3.send(new HeadBucketCommand({ Bucket: name })).then(
        () => true,
        (error: unknown) => absent(error, false),
      ),
    hasObject: (bucket, key) =>
      s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).then(
        () => true,
        (error: unknown) => absent(error, false),
      ),
    stateLock: async (bucket, key) => {
      const text = await textOf(bucket, `${key}.tflock`);
      return text === undefined ? undefined : lockOf(text);
    },
    stateResources: async (bucket, key) => {
      const state = JSON.parse((await textOf(bucket, key)) ?? "{}") as { resources?: readonly unknown[] };
      return state.resources?.length ?? 0;
    },
    emptyBucket: async (Bucket) => {
      // What was listed is deleted, so the first page is always the next.
      for (;;) {
        const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
        const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
        if (Objects.length === 0) return;
        const { Errors: [error] = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
        if (error !== undefined) throw new Error(`${error.Key} in ${Bucket} cannot be deleted: ${error.Message}`);
      }
    },
    pendingMailSubscriptions: async (topicPrefix) => {
      const pending: string[] = [];
      for await (const { Subscriptions = [] } of paginateListSubscriptions({ client: sns }, {}))
        for (const { Protocol, Endpoint, SubscriptionArn, TopicArn } of Subscriptions)
          if (
            Protocol === "email" &&
            SubscriptionArn === "PendingConfirmation" &&
            TopicArn?.split(":").at(-1)?.startsWith(topicPrefix)
          )
            pending.push(Endpoint ?? "");
      return pending;
    },
    parameterNames: async (path) => {
      const names = new Set<string>();
      let next: string | undefined;
      do {
        const page = await ssm.send(new GetParametersByPathCommand({ Path: path, NextToken: next }));
        for (const { Name = "" } of page.Parameters ?? []) names.add(Name.slice(path.length + 1));
        next = page.NextToken;
      } while (next !== undefined);
      return names;
    },
  };
}

/** The answer for what is not there; every other error stays one. */
function absent<T>(error: unknown, answer: T): T {
  if (error instanceof Error && ["NotFound", "NoSuchBucket", "NoSuchKey"].includes(error.name)) return answer;
  throw error;
}
