import { describe, expect, test } from "vitest";
import { testFleet } from "../testing/synth.ts";
import { deploymentStatements } from "./deployment-statements.ts";
import { monitoringStatements } from "./monitoring-statements.ts";
import { type Statement, toPolicy } from "./statement.ts";
import { workerStatements } from "./worker-statements.ts";

const service = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 }, secrets: ["KEY"] };
const releases = { pull: { repository: "https://example.com/fleet.git" } };
const fleet = testFleet({ services: { web: service }, notify: { telegram: { chatId: 1 } }, releases });
const machine = {
  repositoryArns: ["arn:aws:ecr:eu-central-1:1:repository/web"],
  revisionBucketArn: "arn:aws:s3:::revisions",
  logGroupArn: "arn:aws:logs:eu-central-1:1:log-group:/fleet/test/production/x",
};
const worker = workerStatements(fleet, { ...machine, revisionPrefix: "workers" });
const monitoring = monitoringStatements(fleet, {
  ...machine,
  revisionPrefix: "monitoring",
  tableArn: "arn:aws:dynamodb:eu-central-1:1:table/state",
  documentArns: ["arn:aws:ssm:eu-central-1:1:document/scale"],
});
const roles: Record<string, readonly Statement[]> = { worker, monitoring, deployment: deploymentStatements(fleet) };

/** Actions for which AWS knows no resource, so that `*` has to be written. */
const WITHOUT_RESOURCE =
  /^(autoscaling:Describe|cloudwatch:(DescribeAlarms|GetMetricData|PutMetricData)|codedeploy:(BatchGetDeploymentTargets|ListDeploymentTargets|StopDeployment)|ec2:Describe|elasticloadbalancing:DescribeTargetHealth|ec2messages:|ecr:GetAuthorizationToken|ssm:(GetCommandInvocation|UpdateInstanceInformation)|ssmmessages:|tag:GetResources)/;

function allowedOn(statements: readonly Statement[], action: string): readonly string[] {
  return statements.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);
}

describe.each(Object.entries(roles))("the role of %s", (_, statements) => {
  test("names every action", () => {
    expect(statements.flatMap(({ actions }) => actions).filter((action) => action.includes("*"))).toEqual([]);
  });
  test("names the resource wherever AWS knows one", () => {
    const open = statements.filter(({ resources }) => resources.includes("*")).flatMap(({ actions }) => actions);
    expect(open.filter((action) => !WITHOUT_RESOURCE.test(action))).toEqual([]);
  });
  test("has no statement without actions or resources, and each id once", () => {
    for (const { actions, resources } of statements)
      expect(Math.min(actions.length, resources.length)).toBeGreaterThan(0);
    expect(new Set(statements.map(({ sid }) => sid)).size).toBe(statements.length);
  });
  test("fits into an inline policy", () => {
    expect(toPolicy(statements).length).toBeLessThan(10_240);
  });
});

describe("a worker", () => {
  const secret = "arn:aws:ssm:eu-central-1:*:parameter/fleet/test/production/secrets/";
  test("reads its services' secrets, its own password, the replica counts and what is in maintenance, nothing else", () => {
    expect([...allowedOn(worker, "ssm:GetParameter")].sort()).toEqual([
      "arn:aws:ssm:eu-central-1:*:parameter/fleet/test/production/maintenance",
      "arn:aws:ssm:eu-central-1:*:parameter/fleet/test/production/replicas",
      `${secret}KEY`,
      `${secret}REMOTE_WRITE_PASSWORD`,
    ]);
  });
  test.each(["autoscaling:SetDesiredCapacity", "ssm:SendCommand", "ssm:PutParameter", "dynamodb:GetItem"])(
    "may not %s",
    (action) => {
      expect(allowedOn(worker, action)).toEqual([]);
    },
  );
});

describe("the monitoring instance", () => {
  test("does not read the services' secrets", () => {
    const read = allowedOn(monitoring, "ssm:GetParameter").map((arn) => arn.split("/").at(-1));
    expect(read).toContain("TELEGRAM_TOKEN");
    expect(read).not.toContain("KEY");
  });
  test("runs the two documents on this fleet's workers only", () => {
    const send = monitoring.filter(({ actions }) => actions.includes("ssm:SendCommand"));
    expect(send.map(({ resources, conditions }) => ({ resources, conditions }))).toEqual([
      { resources: ["arn:aws:ssm:eu-central-1:1:document/scale"], conditions: undefined },
      {
        resources: ["arn:aws:ec2:eu-central-1:*:instance/*"],
        conditions: {
          StringEquals: {
            "ssm:resourceTag/worker": "true",
            "ssm:resourceTag/fleet": "test",
            "ssm:resourceTag/environment": "production",
          },
        },
      },
    ]);
  });
  test("changes this fleet's group only", () => {
    expect(allowedOn(monitoring, "autoscaling:SetDesiredCapacity")).toEqual([
      "arn:aws:autoscaling:eu-central-1:*:autoScalingGroup:*:autoScalingGroupName/fleet-test-production-workers",
    ]);
  });
});
