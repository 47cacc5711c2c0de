import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FleetStack } from "../stacks/fleet-stack.ts";
import { allows } from "../testing/evaluate-policy.ts";
import { synthStack, testFleet } from "../testing/synth.ts";
import { applyActions } from "./deploy-actions.ts";
import { infrastructurePolicies } from "./deploy-statements.ts";
import { machineBoundary, machineBoundaryArn } from "./machine-boundary.ts";
import { releaseStatements } from "./release-statements.ts";
import { toPolicy } from "./statement.ts";

const ACCOUNT = "123456789012";
const fleet = testFleet({
  deploy: { account: ACCOUNT, github: { repository: "shop/fleet", infrastructure: true } },
  releases: { pull: { repository: "https://example.com/fleet.git" } },
});
const infrastructure = toPolicy(Object.values(infrastructurePolicies(fleet)).flat());
const release = toPolicy(releaseStatements(fleet));
const tags = { fleet: "test", environment: "production" };
const request = (kind: "RequestTag" | "ResourceTag", values: Record<string, string>) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`aws:${kind}/${key}`, value]));
const ec2 = (resource: string) => `arn:aws:ec2:eu-central-1:${ACCOUNT}:${resource}`;
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const boundary = machineBoundaryArn(fleet);

describe("the role that releases", () => {
  test.each(
    [...Object.values(applyActions).flat()].filter((action) =>
      /^(iam|kms|sns|events|elasticloadbalancing):/.test(action),
    ),
  )("may not %s", (action) => {
    expect(allows(release, { action, resource: "*" })).toBe(false);
  });
  test("changes no network and launches nothing", () => {
    expect(
      releaseStatements(fleet)
        .flatMap(({ actions }) => actions)
        .filter((action) => action.startsWith("ec2:")),
    ).toEqual([]);
  });
});

describe("the role that changes the infrastructure cannot make itself an administrator", () => {
  const may = (action: string, resource: string, context: Record<string, string> = {}) =>
    allows(infrastructure, { action, resource, context });
  const own = role("fleet-test-production-workers");

  test("it makes and empowers the fleet's roles, behind the boundary", () => {
    for (const action of ["iam:CreateRole", "iam:PutRolePolicy"])
      expect(may(action, own, { "iam:PermissionsBoundary": boundary })).toBe(true);
  });
  test.each(["iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary", "iam:DeleteRolePolicy"])(
    "%s without the boundary, or with another, is refused",
    (action) => {
      expect(may(action, own)).toBe(false);
      expect(may(action, own, { "iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess" })).toBe(
        false,
      );
    },
  );
  test.each([
    "iam:AttachRolePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeleteRolePermissionsBoundary",
    "iam:CreateUser",
    "iam:CreateAccessKey",
    "iam:SetDefaultPolicyVersion",
  ])("it may never %s", (action) => {
    for (const resource of [own, boundary, role("infra-test-production"), "*"])
      expect(may(action, resource, { "iam:PermissionsBoundary": boundary })).toBe(false);
  });
  test("it touches neither its own role, nor the other of GitHub, nor anybody else's", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          ...Object.values(applyActions)
            .flat()
            .filter((action) => action.startsWith("iam:")),
        ),
        fc.constantFrom("infra-test-production", "deploy-test-production", "fleet-test-stage-workers", "admin"),
        fc.dictionary(
          fc.constantFrom("iam:PermissionsBoundary", "aws:RequestTag/fleet"),
          fc.constantFrom(boundary, "test"),
        ),
        (action, name, context) => !may(action, role(name), context),
      ),
    );
  });
  test("it hands roles over to EC2 and CodeDeploy only", () => {
    expect(may("iam:PassRole", own, { "iam:PassedToService": "ec2.amazonaws.com" })).toBe(true);
    expect(may("iam:PassRole", own, { "iam:PassedToService": "lambda.amazonaws.com" })).toBe(false);
  });
});

describe("tags", () => {
  const tag = (resource: string, context: Record<string, string>) =>
    allows(infrastructure, { action: "ec2:CreateTags", resource: ec2(resource), context });

  test("are given by the call that creates a thing", () => {
    expect(tag("instance/i-1", { ...request("RequestTag", tags), "ec2:CreateAction": "RunInstances" })).toBe(true);
  });
  test("change on what is the fleet's already", () => {
    expect(tag("instance/i-1", request("ResourceTag", tags))).toBe(true);
  });
  test("reach a VPC's default group, which AWS makes without any", () => {
    expect(tag("security-group/sg-1", request("RequestTag", tags))).toBe(true);
  });
  test("never make the fleet's what is somebody else's", () => {
    const value = fc.constantFrom("test", "production", "stage", "other");
    fc.assert(
      fc.property(
        fc.constantFrom("instance/i-1", "volume/vol-1", "vpc/vpc-1", "subnet/s-1", "elastic-ip/e-1"),
        fc.dictionary(fc.constantFrom("fleet", "environment"), value),
        fc.dictionary(fc.constantFrom("fleet", "environment"), value),
        (resource, asked, has) => {
          const isOwn = has.fleet === "test" && has.environment === "production";
          // Without ec2:CreateAction: the thing is there already.
          return tag(resource, { ...request("RequestTag", asked), ...request("ResourceTag", has) }) === isOwn;
        },
      ),
    );
  });
});

describe("a machine is launched only with everything that RunInstances looks at", () => {
  const launch = (resource: string, context: Record<string, string>) =>
    allows(infrastructure, { action: "ec2:RunInstances", resource, context });

  test.each<[string, string, Record<string, string>]>([
    ["the instance that is made", ec2("instance/*"), request("RequestTag", tags)],
    ["its disk", ec2("volume/*"), request("RequestTag", tags)],
    ["its interface", ec2("network-interface/*"), request("RequestTag", tags)],
    ["the fleet's subnet", ec2("subnet/subnet-1"), request("ResourceTag", tags)],
    ["the fleet's security group", ec2("security-group/sg-1"), request("ResourceTag", tags)],
    ["the fleet's template", ec2("launch-template/lt-1"), request("ResourceTag", tags)],
    ["Canonical's image", "arn:aws:ec2:eu-central-1::image/ami-1", { "ec2:Owner": "099720109477" }],
    ["an image of the account", "arn:aws:ec2:eu-central-1::image/ami-1", { "ec2:Owner": ACCOUNT }],
  ])("%s", (_what, resource, context) => {
    expect(launch(resource, context)).toBe(true);
  });
  test.each<[string, string, Record<string, string>]>([
    ["an image of anybody", "arn:aws:ec2:eu-central-1::image/ami-1", { "ec2:Owner": "999999999999" }],
    ["an image in another region", "arn:aws:ec2:us-east-1::image/ami-1", { "ec2:Owner": "099720109477" }],
    ["somebody else's subnet", ec2("subnet/subnet-2"), request("ResourceTag", { ...tags, environment: "stage" })],
  ])("not %s", (_what, resource, context) => {
    expect(launch(resource, context)).toBe(false);
  });
});

describe("the boundary", () => {
  const bounds = toPolicy(machineBoundary(fleet));
  const stack = synthStack((app) => new FleetStack(app, fleet));
  const roles = Object.values(stack.all("aws_iam_role"));

  test("is around every role of the fleet's stack", () => {
    expect(roles.length).toBeGreaterThanOrEqual(3);
    for (const { name, permissions_boundary } of roles) expect(permissions_boundary, String(name)).toBe(boundary);
  });
  test("is around none where nobody but people changes the infrastructure", () => {
    const plain = synthStack((app) => new FleetStack(app, testFleet()));
    for (const each of Object.values(plain.all("aws_iam_role")))
      expect(each).not.toHaveProperty("permissions_boundary");
  });
  test("lets through whatever the fleet's own roles may do", () => {
    const bounded = new Set(machineBoundary(fleet).flatMap(({ actions }) => actions));
    const granted = Object.values(stack.all("aws_iam_role_policy")).flatMap(({ policy }) =>
      (
        JSON.parse(String(policy).replaceAll(/\$\{[^}]*\}/g, "later")) as { Statement: { Action: string[] }[] }
      ).Statement.flatMap(({ Action }) => Action),
    );
    expect(granted.filter((action) => !bounded.has(action))).toEqual([]);
  });
  test("keeps the secrets and workers of other fleets from it", () => {
    const parameter = (path: string) => `arn:aws:ssm:eu-central-1:${ACCOUNT}:parameter${path}`;
    const read = (path: string) => allows(bounds, { action: "ssm:GetParameter", resource: parameter(path) });
    expect(read("/fleet/test/production/secrets/NEW")).toBe(true);
    expect(read("/fleet/test/stage/secrets/API_TOKEN")).toBe(false);
    const send = (has: Record<string, string>) =>
      allows(bounds, {
        action: "ssm:SendCommand",
        resource: ec2("instance/i-1"),
        context: Object.fromEntries(Object.entries(has).map(([key, value]) => [`ssm:resourceTag/${key}`, value])),
      });
    expect(send({ worker: "true", fleet: "test", environment: "production" })).toBe(true);
    expect(send({ worker: "true", fleet: "test", environment: "stage" })).toBe(false);
  });
});
