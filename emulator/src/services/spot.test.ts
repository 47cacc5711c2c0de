import { DescribeScalingActivitiesCommand, SetDesiredCapacityCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import { GROUP } from "../../test/sdk-under-test.ts";
import { withFront } from "../../test/with-front.ts";

const given = withFront("test");

const lifecycles = async () => {
  const { Reservations = [] } = await given.sdk.ec2.send(new DescribeInstancesCommand({}));
  return Reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceLifecycle }) => InstanceLifecycle));
};
const want = (DesiredCapacity: number) =>
  given.sdk.autoscaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: GROUP, DesiredCapacity }));

test("the group launches its base on demand and its share as Spot; EC2 names a lifecycle only of those", async () => {
  await want(3);
  await expect.poll(lifecycles).toEqual([undefined, undefined, "spot"]);
});

test("when Spot has none the launch fails, and the group does not turn to on demand", async () => {
  await want(2);
  await expect.poll(lifecycles).toEqual([undefined, undefined]);
  given.front.disturbances.spotIsOut = true;
  await want(3);
  const messages = async () => {
    const { Activities = [] } = await given.sdk.autoscaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: GROUP }),
    );
    return Activities.map(({ StatusMessage }) => StatusMessage ?? "").filter((text) => text !== "");
  };
  await expect.poll(messages).toContainEqual(expect.stringMatching(/^Could not launch Spot Instances/));
  expect(await lifecycles()).toEqual([undefined, undefined]);
});
