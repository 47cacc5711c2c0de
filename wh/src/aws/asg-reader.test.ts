import { type Activity, ScalingActivityStatusCode } from "@aws-sdk/client-auto-scaling";
import { awsError, createFakeAws } from "@compose-fleet/release-aws/fake-aws";
import { describe, expect, test } from "vitest";
import { createFakeClock } from "../test-support/fake-clock.ts";
import { FAILED_LAUNCH_MEMORY_MS, readLaunches } from "./activities.ts";
import { createAsgReader } from "./asg-reader.ts";

const launch = (atMs: number, StatusCode: Activity["StatusCode"], id = ""): Activity => ({
  ActivityId: `a${atMs}`,
  AutoScalingGroupName: "workers",
  Cause: "",
  Description: `Launching a new EC2 instance${id ? `: ${id}` : ".  Status Reason: no capacity"}`,
  StartTime: new Date(atMs),
  EndTime: new Date(atMs + 10),
  StatusCode,
});
const NOW = 10_000_000;
const readDeployment = async () => ({});

describe("launches", () => {
  test.each([
    ["no activity", [], 0, undefined],
    [
      "a success clears the failures before it",
      [launch(1000, "Failed"), launch(2000, "Successful", "i-1")],
      0,
      undefined,
    ],
    [
      "failures since the last success count",
      [launch(9_000_000, "Successful", "i-1"), launch(9_100_000, "Failed"), launch(9_200_000, "Failed")],
      2,
      9_200_010,
    ],
    [
      "the order of the activities does not matter",
      [launch(9_200_000, "Failed"), launch(9_000_000, "Successful", "i-1")],
      1,
      9_200_010,
    ],
    [
      "a launch under way is neither",
      [launch(9_000_000, "InProgress", "i-1"), launch(8_000_000, "Failed")],
      1,
      8_000_010,
    ],
    [
      "terminations do not count",
      [{ ...launch(9_000_000, "Failed"), Description: "Terminating EC2 instance: i-1" }],
      0,
      undefined,
    ],
    [
      "one that its hook abandoned was launched, paid, and has failed",
      [launch(9_000_000, "Cancelled", "i-1"), launch(9_100_000, "Cancelled", "i-2"), launch(9_200_000, "Cancelled")],
      3,
      9_200_010,
    ],
    [
      "one that failed after a later one had succeeded counts",
      [
        { ...launch(8_000_000, "Cancelled", "i-1"), EndTime: new Date(8_900_000) },
        { ...launch(8_100_000, "Successful", "i-2"), EndTime: new Date(8_200_000) },
      ],
      1,
      8_900_000,
    ],
    [
      "a status that AWS has invented since is no success once the activity has ended",
      [launch(9_000_000, "GivenUp" as Activity["StatusCode"])],
      1,
      9_000_010,
    ],
    [
      "and under way before",
      [{ ...launch(9_000_000, "Thinking" as Activity["StatusCode"]), EndTime: undefined }],
      0,
      undefined,
    ],
    ["failures are forgotten after an hour", [launch(NOW - FAILED_LAUNCH_MEMORY_MS - 11, "Failed")], 0, undefined],
  ])("%s", (_rule, activities, failures, last) => {
    const history = readLaunches(activities as Activity[], NOW);
    expect([history.failedLaunches, history.lastFailedLaunchAtMs]).toEqual([failures, last]);
  });
});

test.each(Object.values(ScalingActivityStatusCode))("every status of an activity has its place: %s", (status) => {
  const { failedLaunches } = readLaunches([launch(9_000_000, status)], NOW);
  expect(failedLaunches).toBe(status === "Failed" || status === "Cancelled" ? 1 : 0);
});

test("AWS's own words about the last failure are kept, and which instances it had given before", () => {
  const message =
    "Instance failed to complete user's Lifecycle Action: Lifecycle Action with token t was abandoned: Heartbeat Timeout";
  const abandoned = { ...launch(9_100_000, "Cancelled", "i-2"), StatusMessage: message };
  expect(readLaunches([launch(9_000_000, "Failed"), abandoned], NOW)).toMatchObject({
    launchProblem: `Cancelled: ${message}`,
    failedLaunchIds: ["i-2"],
  });
  expect(readLaunches([launch(9_000_000, "Failed")], NOW).launchProblem).toBe("no capacity");
  expect(
    readLaunches([{ ...launch(9_000_000, "Failed"), Description: "Launching a new EC2 instance" }], NOW),
  ).toMatchObject({ launchProblem: "AWS gives no reason" });
});

describe("the group", () => {
  const instance = (InstanceId: string, LifecycleState: string) => ({
    InstanceId,
    LifecycleState,
    AvailabilityZone: "eu-central-1a",
  });
  const answers = {
    DescribeAutoScalingGroups: {
      AutoScalingGroups: [
        { AutoScalingGroupName: "someone-else", MinSize: 0, MaxSize: 99, DesiredCapacity: 50, Instances: [] },
        {
          AutoScalingGroupName: "workers",
          MinSize: 1,
          MaxSize: 6,
          DesiredCapacity: 3,
          Instances: [
            instance("i-1", "InService"),
            instance("i-2", "Pending:Wait"),
            instance("i-3", "Terminating:Wait"),
            instance("i-4", "Standby"),
            instance("i-5", "Terminated"),
          ],
        },
      ],
    },
    DescribeScalingActivities: { Activities: [launch(5000, "Successful", "i-1")] },
    DescribeInstanceRefreshes: { InstanceRefreshes: [] },
  };

  test("is asked for by name, and its members are pending, in service or on their way out", async () => {
    const aws = createFakeAws(answers);
    const clock = createFakeClock(NOW);
    const reader = createAsgReader({
      client: aws.client,
      balancer: aws.client,
      clock,
      groupName: "workers",
      readDeployment,
    });
    const reading = await reader.describe();
    expect(aws.calls[0]).toEqual({ name: "DescribeAutoScalingGroups", input: { AutoScalingGroupNames: ["workers"] } });
    expect(reading).toMatchObject({ ok: true, value: { desired: 3, min: 1, max: 6, failedLaunches: 0 } });
    expect(reading.ok && reading.value.members.map(({ id, state }) => [id, state])).toEqual([
      ["i-1", "in-service"],
      ["i-2", "pending"],
      ["i-3", "terminating"],
      ["i-4", "aside"],
    ]);
  });

  test("processes that are suspended are told", async () => {
    const [, group] = answers.DescribeAutoScalingGroups.AutoScalingGroups;
    const SuspendedProcesses = [{ ProcessName: "Launch" }, { ProcessName: "AZRebalance" }];
    const aws = createFakeAws({
      ...answers,
      DescribeAutoScalingGroups: { AutoScalingGroups: [{ ...group, SuspendedProcesses }] },
    });
    const reader = createAsgReader({
      client: aws.client,
      balancer: aws.client,
      clock: createFakeClock(NOW),
      groupName: "workers",
      readDeployment,
    });
    expect(await reader.describe()).toMatchObject({ value: { suspended: ["Launch", "AZRebalance"] } });
  });

  test("a member that the group waits for, and a refresh that runs, are told", async () => {
    const refreshing = { InstanceRefreshes: [{ InstanceRefreshId: "r-1", Status: "InProgress" }] };
    const aws = createFakeAws({ ...answers, DescribeInstanceRefreshes: refreshing });
    const reader = createAsgReader({
      client: aws.client,
      balancer: aws.client,
      clock: createFakeClock(NOW),
      groupName: "workers",
      readDeployment,
    });
    const reading = await reader.describe();
    expect(reading.ok && reading.value.members.flatMap(({ id, awaitsHook }) => (awaitsHook ? [id] : []))).toEqual([
      "i-3",
    ]);
    expect(reading).toMatchObject({ value: { busyWith: "the instance refresh r-1" } });
  });

  test("a deployment that runs is told", async () => {
    const reading = await createAsgReader({
      client: createFakeAws(answers).client,
      balancer: createFakeAws({}).client,
      clock: createFakeClock(NOW),
      groupName: "workers",
      readDeployment: async () => ({ busyWith: "the deployment d-1" }),
    }).describe();
    expect(reading).toMatchObject({ value: { busyWith: "the deployment d-1" } });
  });

  test("a member that the group's health check finds dead is told, also before the group ends it", async () => {
    const [, group] = answers.DescribeAutoScalingGroups.AutoScalingGroups;
    const Instances = [
      { ...instance("i-1", "InService"), HealthStatus: "Healthy" },
      { ...instance("i-2", "InService"), HealthStatus: "Unhealthy" },
    ];
    const aws = createFakeAws({
      ...answers,
      DescribeAutoScalingGroups: { AutoScalingGroups: [{ ...group, Instances }] },
    });
    const reading = await createAsgReader({
      client: aws.client,
      balancer: aws.client,
      clock: createFakeClock(NOW),
      groupName: "workers",
      readDeployment,
    }).describe();
    expect(reading.ok && reading.value.members.map(({ isUnhealthy = false }) => isUnhealthy)).toEqual([false, true]);
  });

  test("launch times come from the activities, else from when a member was first seen", async () => {
    const aws = createFakeAws(answers);
    const clock = createFakeClock(NOW);
    const reader = createAsgReader({
      client: aws.client,
      balancer: aws.client,
      clock,
      groupName: "workers",
      readDeployment,
    });
    await reader.describe();
    await clock.advance(60_000);
    const reading = await reader.describe();
    expect(reading.ok && reading.value.members.slice(0, 2).map(({ launchedAtMs }) => launchedAtMs)).toEqual([
      5000,
      NOW,
    ]);
  });

  test.each([
    [
      "a missing group says what to do",
      { ...answers, DescribeAutoScalingGroups: { AutoScalingGroups: [] } },
      /there is no Auto Scaling group workers: create/,
    ],
    [
      "an AWS error is a problem",
      { ...answers, DescribeAutoScalingGroups: awsError("AccessDenied") },
      /AccessDenied: refused/,
    ],
  ])("%s", async (_rule, given, problem) => {
    const reader = createAsgReader({
      client: createFakeAws(given).client,
      balancer: createFakeAws({}).client,
      clock: createFakeClock(),
      groupName: "workers",
      readDeployment,
    });
    expect(await reader.describe()).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
  });
});
