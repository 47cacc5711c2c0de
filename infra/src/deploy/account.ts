import { GetObjectCommand, HeadBucketCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

/** Somebody holds the lock of a state: Terraform's own words about it. */
export interface StateLock {
  readonly id: string;
  readonly who: string;
  readonly operation: string;
  readonly createdAt: string;
}

/** What is asked of the AWS account before anything is deployed to it. Reads only. Rejects with AWS's errors. */
export interface Account {
  /** Its twelve digits. */
  id(): Promise<string>;
  hasBucket(name: string): Promise<boolean>;
  hasObject(bucket: string, key: string): Promise<boolean>;
  /** Who holds the lock of the state at this key; undefined where nobody does. */
  stateLock(bucket: string, key: string): Promise<StateLock | undefined>;
  /** Names of the parameters right below a path. */
  parameterNames(path: string): Promise<ReadonlySet<string>>;
}

/** The account of the credentials in the environment. */
export function createAwsAccount(region: string): Account {
  const sts = new STSClient({ region });
  const s3 = new S3Client({ region, forcePathStyle: true });
  const ssm = new SSMClient({ region });
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
      const text = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: `${key}.tflock` })).then(
        (object) => object.Body?.transformToString(),
        (error: unknown) => absent(error, undefined),
      );
      return text === undefined ? undefined : lockOf(text);
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

/** The content of a lock object, as Terraform writes it. */
export function lockOf(text: string): StateLock {
  const { ID, Who, Operation, Created } = JSON.parse(text) as Record<string, unknown>;
  return { id: String(ID), who: String(Who), operation: String(Operation), createdAt: String(Created) };
}
