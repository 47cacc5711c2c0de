import { describe, expect, test } from "vitest";
import { synthStack, testFleet } from "../testing/synth.ts";
import { BootstrapStack } from "./bootstrap-stack.ts";

const ISSUER = "token.actions.githubusercontent.com";
const github = { repository: "shop/fleet", branch: "main" };

function bootstrap(deploy: object = {}, state?: "local" | "bucket") {
  return synthStack((app) => new BootstrapStack(app, testFleet({ deploy }), state));
}

test("the state's bucket is versioned, encrypted, closed, and reached by TLS only", () => {
  const stack = bootstrap();
  expect(stack.one("aws_s3_bucket")).toMatchObject({
    bucket: "fleet-test-production-tfstate-000000000000",
    force_destroy: false,
  });
  expect(stack.one("aws_s3_bucket_versioning")).toMatchObject({ versioning_configuration: { status: "Enabled" } });
  expect(JSON.stringify(stack.one("aws_s3_bucket_server_side_encryption_configuration"))).toContain("AES256");
  expect(stack.one("aws_s3_bucket_public_access_block")).toMatchObject({
    block_public_acls: true,
    block_public_policy: true,
    ignore_public_acls: true,
    restrict_public_buckets: true,
  });
  expect(stack.one("aws_s3_bucket_policy").policy).toContain('"aws:SecureTransport":"false"');
});

test.each([
  ["local", { local: { path: "test-production-bootstrap.tfstate" } }],
  ["bucket", { s3: expect.objectContaining({ key: "test-production-bootstrap.tfstate", use_lockfile: true }) }],
] as const)("its own state: %s", (state, backend) => {
  expect(bootstrap({}, state).json.terraform).toMatchObject({ backend });
});

test("without a repository nobody but the account's own people may deploy", () => {
  expect(bootstrap().all("aws_iam_role")).toEqual({});
});

describe("who may take the roles", () => {
  const subjectsOf = (deploy: object) =>
    Object.values(bootstrap({ account: "123456789012", ...deploy }).all("aws_iam_role")).map((role) => {
      const { Statement } = JSON.parse(String(role.assume_role_policy));
      expect(Statement).toHaveLength(1);
      expect(Statement[0].Action).toBe("sts:AssumeRoleWithWebIdentity");
      // Equality and nothing else: no pattern of a subject.
      expect(Object.keys(Statement[0].Condition)).toEqual(["StringEquals"]);
      const { [`${ISSUER}:aud`]: audience, [`${ISSUER}:sub`]: subjects } = Statement[0].Condition.StringEquals;
      expect(audience).toBe("sts.amazonaws.com");
      return subjects;
    });
  const byName = "repo:shop/fleet:ref:refs/heads/main";

  test("one branch of one repository", () => {
    expect(subjectsOf({ github })).toEqual([[byName]]);
  });
  test("also by the name with numbers that repositories have since July 2026, for every role", () => {
    const ids = { owner: 123456, repository: 456789 };
    const both = [byName, "repo:shop@123456/fleet@456789:ref:refs/heads/main"];
    expect(subjectsOf({ github: { ...github, ids } })).toEqual([both]);
    expect(subjectsOf({ github: { ...github, ids, infrastructure: true } })).toEqual([both, both]);
  });
});

test("GitHub's identity provider exists once per account: a second fleet takes the first's", () => {
  const second = bootstrap({ account: "123456789012", github: { ...github, createProvider: false } });
  expect(second.all("aws_iam_openid_connect_provider")).toEqual({});
  expect(second.one("aws_iam_role").assume_role_policy).toContain(
    "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
  );
});

test.each([
  ["releases", false, ["deploy"]],
  ["changes the infrastructure, where the fleet file asks for it", true, ["deploy", "infra"]],
])("GitHub %s", (_rule, infrastructure, kinds) => {
  const roles = bootstrap({ github: { ...github, infrastructure } }).all("aws_iam_role");
  expect(Object.values(roles).map(({ name }) => name)).toEqual(kinds.map((kind) => `${kind}-test-production`));
});

const everything = { account: "123456789012", github: { ...github, infrastructure: true } };

test("policies are small enough for IAM", () => {
  const stack = bootstrap(everything);
  // IAM counts no blanks; a managed policy has at most 6144 characters, a role at most ten of them.
  for (const { name, policy } of Object.values(stack.all("aws_iam_policy")))
    expect(String(policy).length, String(name)).toBeLessThanOrEqual(6144);
  expect(Object.keys(stack.all("aws_iam_role_policy_attachment")).length).toBeLessThanOrEqual(10);
});

test("the boundary is small enough also with many services, long names and what is optional", () => {
  const service = { port: 80, memory: "64m", capacity: { requestsPerSecond: 1 } };
  const secrets = Array.from({ length: 20 }, (_, index) => `SECRET_NUMBER_${index}`);
  const services = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`a-service-${index}`, { ...service, path: `/${index}/`, secrets }]),
  );
  const config = testFleet({
    name: "a-name-of-thirty-two-characters1",
    environment: "an-environment-of-thirty-two-chr",
    services,
    releases: { pull: { repository: "https://example.com/fleet.git" } },
    deploy: everything,
  });
  const policies = Object.values(synthStack((app) => new BootstrapStack(app, config)).all("aws_iam_policy"));
  const boundary = policies.find(({ name }) => String(name).startsWith("boundary-"));
  expect(String(boundary?.policy).length).toBeLessThanOrEqual(6144);
});
