import {
  CompleteLifecycleActionCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  DescribeScalingActivitiesCommand,
  EnterStandbyCommand,
  ExitStandbyCommand,
  PutLifecycleHookCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  StartInstanceRefreshCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  SendCommandCommand,
} from "@aws-sdk/client-ssm";
import { beforeEach, describe, expect, test } from "vitest";
import { GROUP, TABLE } from "./sdk-under-test.ts";
import { withFront } from "./with-front.ts";

const given = withFront("test");
/** The instance that the group begins with. */
let first: string;

beforeEach(() => {
  first = given.front.workers.group().instances[0]?.id ?? "";
});

const instances = async () =>
  (await given.sdk.autoscaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [GROUP] })))
    .AutoScalingGroups?.[0]?.Instances ?? [];
const states = async () => (await instances()).map((each) => each.LifecycleState);

const activities = async () =>
  (await given.sdk.autoscaling.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP })))
    .Activities ?? [];

async function targetHealth(Id: string) {
  const { TargetGroups } = await given.sdk.elbv2.send(new DescribeTargetGroupsCommand({}));
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn;
  const { TargetHealthDescriptions } = await given.sdk.elbv2.send(
    new DescribeTargetHealthCommand({ TargetGroupArn, Targets: [{ Id }] }),
  );
  const health = TargetHealthDescriptions?.[0]?.TargetHealth;
  return [health?.State, health?.Reason];
}

describe("target groups", () => {
  test("say what the balancer's probes found", async () => {
    await expect.poll(() => targetHealth(first)).toEqual(["healthy", undefined]);
    given.front.down.add(given.front.instances.get(first)?.address ?? "");
    await expect.poll(() => targetHealth(first)).toEqual(["unhealthy", "Target.FailedHealthChecks"]);
    expect(await targetHealth("i-00000000000000000")).toEqual(["unused", "Target.NotRegistered"]);
  });

  test("belong to a network load balancer whose unhealthy targets keep their connections", async () => {
    const { LoadBalancers } = await given.sdk.elbv2.send(new DescribeLoadBalancersCommand({}));
    const { TargetGroups } = await given.sdk.elbv2.send(new DescribeTargetGroupsCommand({}));
    expect(LoadBalancers).toMatchObject([{ Type: "network", State: { Code: "active" } }]);
    expect(TargetGroups?.[0]?.LoadBalancerArns).toEqual([LoadBalancers?.[0]?.LoadBalancerArn]);
    const { Attributes } = await given.sdk.elbv2.send(
      new DescribeTargetGroupAttributesCommand({ TargetGroupArn: TargetGroups?.[0]?.TargetGroupArn }),
    );
    expect(Attributes).toContainEqual({
      Key: "target_health_state.unhealthy.connection_termination.enabled",
      Value: "false",
    });
  });
});

test("a terminate hook holds a deregistered instance until its action is completed", async () => {
  const hook = { AutoScalingGroupName: GROUP, LifecycleHookName: "drain" };
  await given.sdk.autoscaling.send(
    new PutLifecycleHookCommand({ ...hook, LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING" }),
  );
  await given.sdk.autoscaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: first, ShouldDecrementDesiredCapacity: false }),
  );
  await expect.poll(states).toEqual(["Terminating:Wait", "InService"]);
  expect((await targetHealth(first))[0]).toBe("draining");
  expect(given.front.instances.get(first)?.state).toBe("running");
  await given.sdk.autoscaling.send(
    new CompleteLifecycleActionCommand({ ...hook, InstanceId: first, LifecycleActionResult: "CONTINUE" }),
  );
  await expect.poll(states).toEqual(["InService"]);
  expect(given.front.instances.get(first)?.state).toBe("terminated");
});

test("a launch that its hook abandons ends as Cancelled, and another one is begun", async () => {
  const hook = { AutoScalingGroupName: GROUP, LifecycleHookName: "launching" };
  await given.sdk.autoscaling.send(
    new PutLifecycleHookCommand({ ...hook, LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING" }),
  );
  await given.sdk.autoscaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 2 }));
  await expect.poll(states).toEqual(["InService", "Pending:Wait"]);
  expect(await activities()).toMatchObject([{ StatusCode: "MidLifecycleAction" }, { StatusCode: "Successful" }]);
  const InstanceId = (await instances())[1]?.InstanceId;
  await given.sdk.autoscaling.send(
    new CompleteLifecycleActionCommand({ ...hook, InstanceId, LifecycleActionResult: "ABANDON" }),
  );
  await expect.poll(states).toEqual(["InService", "Pending:Wait"]);
  expect(
    (await activities()).find(({ Description }) => Description?.includes(`instance: ${InstanceId}.`)),
  ).toMatchObject({
    StatusCode: "Cancelled",
    StatusMessage: expect.stringMatching(
      /^Instance failed to complete user's Lifecycle Action: .* with ABANDON Result$/,
    ),
    EndTime: expect.any(Date),
  });
});

test("an instance in Standby is out of the load balancer, and comes back into it", async () => {
  await expect.poll(() => targetHealth(first)).toEqual(["healthy", undefined]);
  const which = { AutoScalingGroupName: GROUP, InstanceIds: [first] };
  const { Activities } = await given.sdk.autoscaling.send(
    new EnterStandbyCommand({ ...which, ShouldDecrementDesiredCapacity: false }),
  );
  expect(Activities).toMatchObject([
    { StatusCode: "InProgress", Description: `Moving EC2 instance to Standby: ${first}` },
  ]);
  await expect.poll(states).toEqual(["Standby", "InService"]);
  expect(await targetHealth(first)).toEqual(["unused", "Target.NotRegistered"]);
  expect(given.front.instances.get(first)?.state).toBe("running");
  await given.sdk.autoscaling.send(new ExitStandbyCommand(which));
  await expect.poll(states).toEqual(["InService", "InService"]);
  await expect.poll(() => targetHealth(first)).toEqual(["healthy", undefined]);
});

test("an instance that is launched while AddToLoadBalancer is suspended is never registered", async () => {
  const processes = { AutoScalingGroupName: GROUP, ScalingProcesses: ["AddToLoadBalancer"] };
  await given.sdk.autoscaling.send(new SuspendProcessesCommand(processes));
  await given.sdk.autoscaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 2 }));
  await expect.poll(states).toEqual(["InService", "InService"]);
  await given.sdk.autoscaling.send(new ResumeProcessesCommand(processes));
  const second = (await instances())[1]?.InstanceId ?? "";
  expect(await targetHealth(second)).toEqual(["unused", "Target.NotRegistered"]);
});

test("states that the group itself never has can be said of an instance", async () => {
  given.front.disturbances.lifecycleStates.set(first, "Quarantined");
  expect(await states()).toEqual(["Quarantined"]);
});

test.each([
  ["throttled", "Throttling"],
  ["denied", "AccessDenied"],
] as const)("one action is %s, every time; the others are answered", async (refusal, name) => {
  given.front.disturbances.refusedActions.set("DescribeScalingActivities", refusal);
  for (let call = 0; call < 2; call += 1) await expect(activities()).rejects.toMatchObject({ name });
  expect(await states()).toEqual(["InService"]);
});

test("an instance refresh is visible while it runs, and replaces the instances", async () => {
  // Until a launch succeeds it goes no further, however slow whoever looks is.
  given.front.disturbances.launchesFail = true;
  const { InstanceRefreshId } = await given.sdk.autoscaling.send(
    new StartInstanceRefreshCommand({ AutoScalingGroupName: GROUP }),
  );
  const refresh = async () =>
    (await given.sdk.autoscaling.send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: GROUP })))
      .InstanceRefreshes?.[0];
  expect(await refresh()).toMatchObject({ InstanceRefreshId, Status: "InProgress" });
  await expect(
    given.sdk.autoscaling.send(new StartInstanceRefreshCommand({ AutoScalingGroupName: GROUP })),
  ).rejects.toMatchObject({ name: "InstanceRefreshInProgressFault" });
  given.front.disturbances.launchesFail = false;
  await expect.poll(refresh).toMatchObject({ Status: "Successful", PercentageComplete: 100 });
  expect((await instances()).map((each) => each.InstanceId)).not.toContain(first);
});

test("a dead machine is replaced once EC2's status checks say so", async () => {
  given.front.workers.lost(first);
  await expect.poll(async () => (await instances()).map((each) => each.InstanceId)).not.toContain(first);
  expect(await states()).toEqual(["InService"]);
});

test("a command to a worker that is cut off waits until it is back", async () => {
  given.front.instances.update(first, { cut: true });
  const { InstanceInformationList } = await given.sdk.ssm.send(new DescribeInstanceInformationCommand({}));
  expect(InstanceInformationList).toMatchObject([{ PingStatus: "ConnectionLost" }]);
  let CommandId: string | undefined;
  const status = async () =>
    (await given.sdk.ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId: first }))).Status;
  await given.atOneMoment(async () => {
    const { Command } = await given.sdk.ssm.send(
      new SendCommandCommand({ DocumentName: "fleet-scale", InstanceIds: [first], Parameters: { service: ["web"] } }),
    );
    CommandId = Command?.CommandId;
    await expect(status()).rejects.toMatchObject({ name: "InvocationDoesNotExist" });
  });
  await expect.poll(() => status().catch(() => "")).toBe("Pending");
  given.front.instances.update(first, { cut: false });
  await expect.poll(status).toBe("Success");
});

test("without capacity launches fail and say why", async () => {
  given.front.disturbances.launchesFail = true;
  await given.sdk.autoscaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 2 }));
  const newest = async () =>
    (await given.sdk.autoscaling.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP })))
      .Activities?.[0];
  await expect
    .poll(newest)
    .toMatchObject({ StatusCode: "Failed", StatusMessage: expect.stringContaining("InsufficientInstanceCapacity") });
  expect(await states()).toEqual(["InService"]);
});

test("throttled, every second call is refused with the service's own error", async () => {
  given.front.disturbances.throttled = true;
  const answer = (call: Promise<unknown>) =>
    call.then(
      () => "answered",
      (error: Error) => error.name,
    );
  const answers = [];
  for (const call of [
    () => given.sdk.ec2.send(new DescribeInstancesCommand({})),
    () => given.sdk.ec2.send(new DescribeInstancesCommand({})),
    () => given.sdk.autoscaling.send(new DescribeAutoScalingGroupsCommand({})),
    () => given.sdk.autoscaling.send(new DescribeAutoScalingGroupsCommand({})),
    () => given.sdk.ssm.send(new DescribeInstanceInformationCommand({})),
  ])
    answers.push(await answer(call()));
  expect(answers).toEqual(["RequestLimitExceeded", "answered", "Throttling", "answered", "ThrottlingException"]);
});

test("DynamoDB down: the connection is closed without an answer", async () => {
  given.front.disturbances.dynamodbDown = true;
  const read = () =>
    given.sdk.dynamodb.send(new GetItemCommand({ TableName: TABLE, Key: { pk: { S: "a" }, sk: { S: "b" } } }));
  await expect(read()).rejects.toMatchObject({ code: "ECONNRESET" });
  given.front.disturbances.dynamodbDown = false;
  await read();
});
