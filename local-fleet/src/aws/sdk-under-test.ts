import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { SSMClient } from "@aws-sdk/client-ssm";

/** Names of what `startFront` makes. */
export const GROUP = "fleet-contract-test-workers";
export const TABLE = "fleet-contract-test-state";

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
    ssm: new SSMClient(settings),
    dynamodb: new DynamoDBClient(settings),
    elbv2: new ElasticLoadBalancingV2Client(settings),
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
