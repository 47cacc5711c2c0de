import {
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeScalingActivitiesCommand,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { describe, expect, test } from "vitest";
import { GROUP } from "../../../test/sdk-under-test.ts";
import { withFront } from "../../../test/with-front.ts";

const given = withFront();

const describeGroup = async () =>
  (await given.sdk.autoscaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [GROUP] })))
    .AutoScalingGroups?.[0];

describe("Auto Scaling", () => {
  test("describes the group by name and finds nothing under another name", async () => {
    expect(await describeGroup()).toMatchObject({
      MinSize: 1,
      MaxSize: 3,
      HealthCheckType: "EC2",
      CreatedTime: expect.any(Date),
    });
    const other = await given.sdk.autoscaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["another"] }),
    );
    expect(other.AutoScalingGroups).toEqual([]);
  });

  test("scales out, names who asked, and takes the chosen victim on the way in", async () => {
    await given.sdk.autoscaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 3, HonorCooldown: false }),
    );
    await expect
      .poll(
        async () => (await describeGroup())?.Instances?.filter((each) => each.LifecycleState === "InService").length,
      )
      .toBe(3);
    const victim = (await describeGroup())?.Instances?.[1]?.InstanceId;
    const answer = await given.sdk.autoscaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: victim, ShouldDecrementDesiredCapacity: true }),
    );
    expect(answer.Activity).toMatchObject({
      StatusCode: "WaitingForELBConnectionDraining",
      AutoScalingGroupName: GROUP,
    });
    await expect
      .poll(async () => (await describeGroup())?.Instances?.some((each) => each.InstanceId === victim))
      .toBe(false);
    expect((await describeGroup())?.DesiredCapacity).toBe(2);
    const { Activities } = await given.sdk.autoscaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP, MaxRecords: 1 }),
    );
    expect(Activities).toMatchObject([
      {
        StatusCode: "Successful",
        Cause: expect.stringContaining("in response to a user request, shrinking the capacity from 3 to 2"),
      },
    ]);
    const listed = await given.sdk.autoscaling.send(new DescribeAutoScalingInstancesCommand({}));
    expect(listed.AutoScalingInstances?.map((each) => each.AutoScalingGroupName)).toEqual([GROUP, GROUP]);
  });

  test("pages through activities", async () => {
    const first = await given.sdk.autoscaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP, MaxRecords: 1 }),
    );
    const second = await given.sdk.autoscaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP, MaxRecords: 1, NextToken: first.NextToken }),
    );
    expect(second.Activities?.[0]?.ActivityId).not.toBe(first.Activities?.[0]?.ActivityId);
    await expect(
      given.sdk.autoscaling.send(new DescribeScalingActivitiesCommand({ NextToken: "made-up" })),
    ).rejects.toMatchObject({ name: "InvalidNextToken" });
  });

  test.each([
    [
      "above max",
      new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 4 }),
      /above max value 3/,
    ],
    [
      "below min",
      new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity: 0 }),
      /below min value 1/,
    ],
    [
      "an unknown group",
      new SetDesiredCapacityCommand({ AutoScalingGroupName: "another", DesiredCapacity: 1 }),
      /name not found/,
    ],
  ])("refuses %s with ValidationError", async (_rule, command, message) => {
    await expect(given.sdk.autoscaling.send(command)).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("refuses to terminate an instance it does not know", async () => {
    const command = new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: "i-00000000000000000",
      ShouldDecrementDesiredCapacity: true,
    });
    await expect(given.sdk.autoscaling.send(command)).rejects.toMatchObject({ name: "ValidationError" });
  });
});
