import { expect, test } from "vitest";
import { FleetStack } from "./stacks/fleet-stack.ts";
import { stateBucketName } from "./state-backend.ts";
import { synthStack, testFleet } from "./testing/synth.ts";

test("a stack's state is in the fleet's bucket, encrypted, under its own key, and locked", () => {
  const config = testFleet({ environment: "stage" });
  const { json } = synthStack((app) => new FleetStack(app, config));
  expect(json.terraform).toMatchObject({
    backend: {
      s3: {
        bucket: "fleet-test-stage-tfstate",
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
  ["carries the account where it is known", { account: "123456789012" }, "fleet-test-production-tfstate-123456789012"],
])("a state bucket %s", (_rule, deploy, expected) => {
  expect(stateBucketName(testFleet({ deploy }))).toBe(expected);
});
