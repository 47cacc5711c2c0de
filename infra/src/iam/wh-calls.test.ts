import type { FleetConfig } from "@compose-fleet/fleet";
import { expect, test } from "vitest";
import { sdkCalls } from "../testing/sdk-calls.ts";
import { testFleet } from "../testing/synth.ts";
import { monitoringStatements } from "./monitoring-statements.ts";

/** The service of each SDK package that wh's adapters import commands from, and the calls of DynamoDB's document client by another name. */
const SERVICES: Readonly<Record<string, string>> = {
  "@aws-sdk/client-auto-scaling": "autoscaling",
  "@aws-sdk/client-codedeploy": "codedeploy",
  "@aws-sdk/client-elastic-load-balancing-v2": "elasticloadbalancing",
  "@aws-sdk/client-s3": "s3",
  "@aws-sdk/client-sqs": "sqs",
  "@aws-sdk/client-ssm": "ssm",
  "@aws-sdk/lib-dynamodb": "dynamodb",
};
const DOCUMENT_CALLS: Readonly<Record<string, string>> = {
  BatchWrite: "BatchWriteItem",
  Delete: "DeleteItem",
  Get: "GetItem",
  Put: "PutItem",
  Query: "Query",
  Update: "UpdateItem",
};

/** Calls whose action has another name. */
const ACTIONS: Readonly<Record<string, string>> = {
  "s3:ListObjectsV2": "s3:ListBucket",
  // One right for both.
  "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
};
/** What the calls of others need: the agent's own, reading the stack's secrets, fetching revisions; and what CreateDeployment looks at. */
const NOT_CALLED_BY_WH = [
  "ssm:UpdateInstanceInformation",
  "ssm:GetParameter",
  "s3:GetObject",
  "s3:GetObjectVersion",
  "codedeploy:GetApplicationRevision",
  "codedeploy:GetDeploymentConfig",
  "codedeploy:RegisterApplicationRevision",
];

/** What the clients that wh shares with `fleet release` can do besides: wh only deploys what lies in the bucket. */
const OF_RELEASES_ALONE = ["s3:HeadObject", "s3:PutObject", "s3:GetObject"];

/** The IAM actions of the SDK commands that wh, and the clients of releases which it uses, import. */
function callsOfWh(): string[] {
  const actions = sdkCalls("wh/src", "release-aws/src").map(({ from, command }) => {
    const service = SERVICES[from] ?? from;
    return `${service}:${service === "dynamodb" ? (DOCUMENT_CALLS[command] ?? command) : command}`;
  });
  const own = actions
    .filter((action) => !OF_RELEASES_ALONE.includes(action))
    .map((action) => ACTIONS[action] ?? action);
  return [...new Set(own)].sort();
}

const resources = {
  repositoryArns: [],
  revisionBucketArn: "",
  revisionPrefix: "",
  logGroupArn: "",
  tableArn: "",
  documentArns: [],
};

const allowedTo = (fleet: FleetConfig) =>
  monitoringStatements(fleet, resources)
    .flatMap(({ actions }) => actions)
    .filter((action) => /^(autoscaling|codedeploy|dynamodb|elasticloadbalancing|s3|sqs|ssm):/.test(action))
    .filter((action) => !NOT_CALLED_BY_WH.includes(action))
    .sort();

test("the role allows what wh calls, and no more of these services", () => {
  const all = testFleet({
    releases: { pull: { repository: "https://example.com/fleet.git" } },
    workers: { spot: { spotShareAboveBase: 0.5 } },
  });
  expect(callsOfWh()).toEqual([...new Set(allowedTo(all))]);
});

test("a fleet without Spot reads no queue", () => {
  expect(allowedTo(testFleet()).filter((action) => action.startsWith("sqs:"))).toEqual([]);
});

test("a scaler that follows no branch may watch deployments to the workers, and begin none", () => {
  const statements = monitoringStatements(testFleet(), resources);
  const onWorkers = statements.filter(({ resources: arns }) => arns.some((arn) => arn.endsWith("-releases/workers")));
  expect(onWorkers.flatMap(({ actions }) => actions)).toEqual([
    "codedeploy:BatchGetDeployments",
    "codedeploy:ListDeployments",
  ]);
});

test("the instance may deploy to itself, as one that replaced another has to", () => {
  const statements = monitoringStatements(testFleet(), resources);
  const creating = statements.filter(({ actions }) => actions.includes("codedeploy:CreateDeployment"));
  expect(creating.flatMap(({ resources: arns }) => arns)).toEqual([
    "arn:aws:codedeploy:eu-central-1:*:deploymentgroup:fleet-test-production-releases/monitoring",
  ]);
});
