import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { testFleet } from "../testing/synth.ts";
import { releaseStatements } from "./release-statements.ts";

const RELEASE = fileURLToPath(new URL("../../../cli/src/release/", import.meta.url));
/** The service of each SDK package that `fleet release` imports commands from. */
const SERVICES: Readonly<Record<string, string>> = {
  "@aws-sdk/client-auto-scaling": "autoscaling",
  "@aws-sdk/client-cloudwatch": "cloudwatch",
  "@aws-sdk/client-codedeploy": "codedeploy",
  "@aws-sdk/client-ecr": "ecr",
  "@aws-sdk/client-s3": "s3",
  "@aws-sdk/client-sts": "sts",
};
/** Calls whose right has another name. */
const RIGHTS: Readonly<Record<string, string>> = {
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

/** The rights that the SDK commands which `fleet release` imports ask for. */
function rightsOfRelease(): string[] {
  const rights = new Set<string>();
  for (const file of readdirSync(RELEASE, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts") || file.endsWith(".test.ts")) continue;
    const imports = readFileSync(`${RELEASE}${file}`, "utf8").matchAll(
      /import\s*\{([^}]*)\}\s*from "(@aws-sdk\/[^"]+)"/g,
    );
    for (const [, names = "", from = ""] of imports)
      for (const [, command = ""] of names.matchAll(/(\w+)Command\b/g)) {
        const call = `${SERVICES[from] ?? from}:${command}`;
        rights.add(RIGHTS[call] ?? call);
      }
  }
  return [...rights].filter((right) => !WITHOUT_RIGHT.includes(right)).sort();
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
    [
      "codedeploy:CreateDeployment",
      ["arn:aws:codedeploy:eu-central-1:123456789012:deploymentgroup:fleet-test-production-releases/*"],
    ],
  ])("%s", (action, resources) => {
    expect(resourcesOf(action)).toEqual(resources);
  });
});
