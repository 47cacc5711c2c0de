import { awsError, createFakeAws } from "@compose-fleet/release-aws/fake-aws";
import { expect, test } from "vitest";
import { createAsgHook } from "./asg-hook.ts";

const names = { group: "workers", hook: "terminating" };
const identity = { AutoScalingGroupName: "workers", LifecycleHookName: "terminating", InstanceId: "i-1" };

test("completing lets the termination go on", async () => {
  const aws = createFakeAws({ CompleteLifecycleAction: {} });
  expect(await createAsgHook(aws.client, names).complete("i-1")).toEqual({ status: "applied" });
  expect(aws.calls[0]?.input).toEqual({ ...identity, LifecycleActionResult: "CONTINUE" });
});

test("a heartbeat names group, hook and worker", async () => {
  const aws = createFakeAws({ RecordLifecycleActionHeartbeat: {} });
  expect(await createAsgHook(aws.client, names).heartbeat("i-1")).toEqual({ status: "applied" });
  expect(aws.calls[0]?.input).toEqual(identity);
});

test.each([
  [
    "a worker that is not waited for is skipped",
    awsError("ValidationError", "No active Lifecycle Action found with instance ID i-1"),
    { status: "skipped" },
  ],
  ["throttling may be retried", awsError("Throttling"), { status: "failed", retryable: true }],
  ["missing rights stay", awsError("AccessDenied"), { status: "failed", retryable: false }],
])("%s", async (_rule, error, outcome) => {
  const aws = createFakeAws({ CompleteLifecycleAction: error });
  expect(await createAsgHook(aws.client, names).complete("i-1")).toMatchObject(outcome);
});
