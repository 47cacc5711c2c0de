import { describe, expect, test } from "vitest";
import { sdkCalls } from "../testing/sdk-calls.ts";
import { testFleet } from "../testing/synth.ts";
import { releaseStatements } from "./release-statements.ts";

/** The service of each SDK package that `fleet release` imports commands from. */
const SERVICES: Readonly<Record<string, string>> = {
  "@aws-sdk/client-auto-scaling": "autoscaling",
  "@aws-sdk/client-cloudwatch": "cloudwatch",
  "@aws-sdk/client-codedeploy": "codedeploy",
  "@aws-sdk/client-ecr": "ecr",
  "@aws-sdk/client-s3": "s3",
  "@aws-sdk/client-sts": "sts",
  "@aws-sdk/lib-dynamodb": "dynamodb",
};
/** Calls whose right has another name. */
const RIGHTS: Readonly<Record<string, string>> = {
  "dynamodb:Delete": "dynamodb:DeleteItem",
  "dynamodb:Get": "dynamodb:GetItem",
  "dynamodb:Put": "dynamodb:PutItem",
  "dynamodb:Query": "dynamodb:Query",
  "s3:HeadObject": "s3:GetObject",
  "s3:ListBuckets": "s3:ListAllMyBuckets",
  "s3:ListObjectsV2": "s3:ListBucket",
};
/** AWS answers these to everybody, whatever a policy says. */
const WITHOUT_RIGHT = ["sts:GetCallerIdentity"];
/** What others call for `fleet release`: docker push, and CodeDeploy itself when a deployment is created. */
const FOR_OTHERS = [
  "codedeploy:GetApplicationRevision",
  "codedeploy:GetDeploymentConfig",
  "codedeploy:RegisterApplicationRevision",
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:CompleteLayerUpload",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
];

/** What the client that it shares with wh can do besides. */
const OF_WH_ALONE = ["codedeploy:GetDeploymentGroup", "dynamodb:Query"];

/** The rights that the SDK commands which `fleet release` imports ask for. */
function rightsOfRelease(): string[] {
  const calls = sdkCalls("cli/src/release", "release-aws/src").map(
    ({ from, command }) => `${SERVICES[from] ?? from}:${command}`,
  );
  const rights = new Set(calls.map((call) => RIGHTS[call] ?? call));
  return [...rights].filter((right) => ![...WITHOUT_RIGHT, ...OF_WH_ALONE].includes(right)).sort();
}

const fleet = testFleet({ deploy: { account: "123456789012" } });
const statements = releaseStatements(fleet);
const resourcesOf = (action: string) =>
  statements.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);

test("the role that releases may do what fleet release calls", () => {
  const allowed = statements.flatMap(({ actions }) => actions);
  expect(rightsOfRelease().filter((right) => !allowed.includes(right))).toEqual([]);
  expect(rightsOfRelease()).toContain("codedeploy:CreateDeployment");
});

test("and for releases it may do nothing else", () => {
  const allowed = statements.flatMap(({ actions }) => actions);
  expect(allowed.filter((action) => !rightsOfRelease().includes(action)).sort()).toEqual(FOR_OTHERS);
});

describe("of this fleet only", () => {
  test.each([
    ["ecr:PutImage", ["arn:aws:ecr:eu-central-1:123456789012:repository/fleet-test-production/*"]],
    ["s3:PutObject", ["arn:aws:s3:::fleet-test-production-revisions-*/*"]],
    ["dynamodb:PutItem", ["arn:aws:dynamodb:eu-central-1:123456789012:table/fleet-test-production-state"]],
    [
      "codedeploy:CreateDeployment",
      ["arn:aws:codedeploy:eu-central-1:123456789012:deploymentgroup:fleet-test-production-releases/*"],
    ],
  ])("%s", (action, resources) => {
    expect(resourcesOf(action)).toEqual(resources);
  });
});

test("of the state table it may write wishes for jobs, and read what ran before releases", () => {
  const keysOf = (action: string) =>
    statements
      .filter(({ actions }) => actions.includes(action))
      .map(({ conditions }) => conditions?.["ForAllValues:StringEquals"]?.["dynamodb:LeadingKeys"]);
  expect(keysOf("dynamodb:PutItem")).toEqual([["job#asked"]]);
  expect(keysOf("dynamodb:DeleteItem")).toEqual([["job#asked"]]);
  expect(keysOf("dynamodb:GetItem")).toEqual([["job#before-release"]]);
});
