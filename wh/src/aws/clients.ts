import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { CodeDeployClient } from "@aws-sdk/client-codedeploy";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { callLimits } from "./call-limits.ts";

/** The AWS clients of the scaler. Calls end within seconds: the loop asks again anyway. */
export function createAwsClients(options: { readonly region: string; readonly endpoint?: string }) {
  const common = {
    region: options.region,
    ...(options.endpoint ? { endpoint: options.endpoint } : {}),
    requestHandler: callLimits,
  };
  // Not "adaptive": once throttled, its bucket fills by the wall clock, and a clock set back an hour stops all calls for an hour.
  const patient = { ...common, retryMode: "standard", maxAttempts: 3 };
  const autoScaling = new AutoScalingClient(patient);
  const balancer = new ElasticLoadBalancingV2Client(patient);
  const codeDeploy = new CodeDeployClient(patient);
  const ssm = new SSMClient(patient);
  // It waits for events.
  const sqs = new SQSClient({
    ...patient,
    requestHandler: { ...callLimits, requestTimeout: 25_000, socketTimeout: 25_000 },
  });
  // State is written before an action: when the table is down, that must cost little.
  const dynamo = new DynamoDBClient({
    ...common,
    requestHandler: { ...callLimits, requestTimeout: 1_000, socketTimeout: 1_000 },
    maxAttempts: 2,
  });
  const documents = DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } });
  return {
    autoScaling,
    balancer,
    codeDeploy,
    sqs,
    ssm,
    documents,
    destroy: () => {
      for (const client of [documents, dynamo, ssm, sqs, codeDeploy, balancer, autoScaling]) client.destroy();
    },
  };
}
