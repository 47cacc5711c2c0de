import { expect, test } from "vitest";
import { FleetStack } from "../stacks/fleet-stack.ts";
import { synthStack, testFleet } from "../testing/synth.ts";
import { stateBucketName } from "./state-backend.ts";

test("a stack's state is in the fleet's bucket, encrypted, under its own key, and locked", () => {
  const config = testFleet({ environment: "stage", deploy: { account: "123456789012" } });
  const { json } = synthStack((app) => new FleetStack(app, config));
  expect(json.terraform).toMatchObject({
    backend: {
      s3: {
        bucket: "fleet-test-stage-tfstate-123456789012",
        key: "test-stage-fleet.tfstate",
        region: "eu-central-1",
        encrypt: true,
        use_lockfile: true,
      },
    },
  });
});

test.each([
  ["named by fleet.yaml is that", { stateBucket: "my-state" }, "my-state"],
  ["carries the account", { account: "123456789012" }, "fleet-test-production-tfstate-123456789012"],
])("a state bucket %s", (_rule, deploy, expected) => {
  expect(stateBucketName(testFleet({ deploy }))).toBe(expected);
});

test("two users of the sample never ask for the same bucket, however long its names are", () => {
  const name = "a-name-of-thirty-two-characters1";
  const environment = "an-environment-of-thirty-two-chr";
  const buckets = ["111111111111", "222222222222"].map((account) =>
    stateBucketName(testFleet({ name, environment, deploy: { account } })),
  );
  expect(new Set(buckets).size).toBe(2);
  for (const bucket of buckets) expect(bucket).toMatch(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
});
