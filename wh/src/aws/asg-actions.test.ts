import { awsError, createFakeAws } from "@compose-fleet/release-aws/fake-aws";
import { expect, test } from "vitest";
import { createAsgActions } from "./asg-actions.ts";

test("desired capacity is set absolutely and without the group's cooldown", async () => {
  const aws = createFakeAws({ SetDesiredCapacity: {} });
  expect(await createAsgActions(aws.client, "workers").setDesired(3)).toEqual({ status: "applied" });
  expect(aws.calls[0]?.input).toEqual({ AutoScalingGroupName: "workers", DesiredCapacity: 3, HonorCooldown: false });
});

test("a chosen worker is terminated with decrement", async () => {
  const aws = createFakeAws({ TerminateInstanceInAutoScalingGroup: {} });
  expect(await createAsgActions(aws.client, "workers").terminate("i-1")).toEqual({ status: "applied" });
  expect(aws.calls[0]?.input).toEqual({ InstanceId: "i-1", ShouldDecrementDesiredCapacity: true });
});

test("a dead worker is terminated without decrement, so that the group launches another", async () => {
  const aws = createFakeAws({ TerminateInstanceInAutoScalingGroup: {} });
  expect(await createAsgActions(aws.client, "workers").replace("i-1")).toEqual({ status: "applied" });
  expect(aws.calls[0]?.input).toEqual({ InstanceId: "i-1", ShouldDecrementDesiredCapacity: false });
});

test.each([
  [
    "a worker already gone is skipped",
    awsError("ValidationError", "Instance Id not found - No managed instance found for instance ID i-1"),
    { status: "skipped" },
  ],
  [
    "a refused termination fails for good",
    awsError("ValidationError", "below min size"),
    { status: "failed", retryable: false },
  ],
  ["a busy group fails for now", awsError("ScalingActivityInProgressFault"), { status: "failed", retryable: true }],
])("%s", async (_rule, error, outcome) => {
  const aws = createFakeAws({ TerminateInstanceInAutoScalingGroup: error });
  expect(await createAsgActions(aws.client, "workers").terminate("i-1")).toMatchObject(outcome);
});
