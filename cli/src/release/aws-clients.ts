import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECRClient } from "@aws-sdk/client-ecr";
import { S3Client } from "@aws-sdk/client-s3";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** Where AWS answers. Without an endpoint it is AWS itself, with credentials from the environment and the profile as in the aws command. */
export interface AwsPlace {
  readonly region: string;
  /** An emulator's, with the credentials that it takes. */
  readonly emulator?: {
    readonly endpoint: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
}

/** A client of each service that commands about a running fleet use. */
export interface AwsClients {
  readonly autoScaling: AutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
  readonly codeDeploy: CodeDeployClient;
  readonly documents: DynamoDBDocumentClient;
  readonly ecr: ECRClient;
  readonly s3: S3Client;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

/** Makes the clients; nothing is called yet. */
export function createAwsClients({ region, emulator }: AwsPlace): AwsClients {
  const common = {
    region,
    ...(emulator === undefined
      ? {}
      : {
          endpoint: emulator.endpoint,
          credentials: { accessKeyId: emulator.accessKeyId, secretAccessKey: emulator.secretAccessKey },
        }),
  };
  return {
    autoScaling: new AutoScalingClient(common),
    cloudWatch: new CloudWatchClient(common),
    codeDeploy: new CodeDeployClient(common),
    documents: DynamoDBDocumentClient.from(new DynamoDBClient(common), {
      marshallOptions: { removeUndefinedValues: true },
    }),
    ecr: new ECRClient(common),
    s3: new S3Client({ ...common, ...(emulator === undefined ? {} : { forcePathStyle: true }) }),
    ssm: new SSMClient(common),
    sts: new STSClient(common),
  };
}
