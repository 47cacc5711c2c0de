import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";

/** Names of what `startFront` makes. */
export const GROUP = "fleet-contract-test-workers";
export const TABLE = "fleet-contract-test-state";
export const EVENTS = "fleet-contract-test-events";
export const BUCKET = "fleet-contract-test-revisions";
export const REPOSITORY = "fleet-contract-test/web";
export const RELEASES = { applicationName: "fleet-contract-test-releases", deploymentGroupName: "workers" };

/** The SDK's clients of an endpoint, which try once only. */
export function sdkClients(endpoint: string, accessKeyId: string) {
  const settings = {
    endpoint,
    region: "eu-central-1",
    credentials: { accessKeyId, secretAccessKey: "any" },
    maxAttempts: 1,
  };
  const clients = {
    autoscaling: new AutoScalingClient(settings),
    ec2: new EC2Client(settings),
    sqs: new SQSClient(settings),
    ssm: new SSMClient(settings),
    dynamodb: new DynamoDBClient(settings),
    elbv2: new ElasticLoadBalancingV2Client(settings),
    codedeploy: new CodeDeployClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    ecr: new ECRClient(settings),
    sts: new STSClient(settings),
  };
  return {
    ...clients,
    /** Closes the connections of all. */
    destroy: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

export type SdkClients = ReturnType<typeof sdkClients>;
