import { expect, test } from "vitest";
import { synthStack, testFleet } from "../testing/synth.ts";
import { BootstrapStack } from "./bootstrap-stack.ts";

const github = { repository: "shop/fleet", branch: "main" };

function bootstrap(deploy: object = {}, state?: "local" | "bucket") {
  return synthStack((app) => new BootstrapStack(app, testFleet({ deploy }), state));
}

test("the state's bucket is versioned, encrypted, closed, and reached by TLS only", () => {
  const stack = bootstrap();
  expect(stack.one("aws_s3_bucket")).toMatchObject({ bucket: "fleet-test-production-tfstate", force_destroy: false });
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

test("one branch of one repository may take the role, by equality", () => {
  const trust = JSON.parse(String(bootstrap({ github }).one("aws_iam_role").assume_role_policy));
  expect(trust.Statement).toHaveLength(1);
  expect(trust.Statement[0]).toMatchObject({
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:shop/fleet:ref:refs/heads/main",
      },
    },
  });
});

test("GitHub's identity provider exists once per account: a second fleet takes the first's", () => {
  const second = bootstrap({ account: "123456789012", github: { ...github, createProvider: false } });
  expect(second.all("aws_iam_openid_connect_provider")).toEqual({});
  expect(second.one("aws_iam_role").assume_role_policy).toContain(
    "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
  );
});

test("the role that deploys has policies that IAM takes, and may not change itself", () => {
  const stack = bootstrap({ account: "123456789012", github });
  const policies = Object.values(stack.all("aws_iam_policy"));
  // IAM counts no blanks; a managed policy has at most 6144 characters, a role at most ten of them.
  for (const { name, policy } of policies) expect(String(policy).length, String(name)).toBeLessThanOrEqual(6144);
  expect(policies.length).toBeLessThanOrEqual(10);
  const statements = policies.flatMap(({ policy }) => JSON.parse(String(policy)).Statement);
  const iam = statements.filter(({ Action }) => Action.some((action: string) => action.startsWith("iam:")));
  expect(iam.length).toBeGreaterThan(0);
  for (const { Resource } of iam)
    for (const arn of Resource) expect(arn).not.toContain(String(stack.one("aws_iam_role").name));
  expect(JSON.stringify(iam)).not.toContain('"*"');
});
