import {
  DescribeAvailabilityZonesCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, test } from "vitest";
import { withFront } from "../../../test/with-front.ts";

const given = withFront();

describe("EC2", () => {
  const find = async (...filters: [string, string][]) => {
    const Filters = filters.map(([Name, value]) => ({ Name, Values: [value] }));
    const { Reservations } = await given.sdk.ec2.send(new DescribeInstancesCommand({ Filters }));
    return Reservations?.flatMap((each) => each.Instances ?? []) ?? [];
  };

  test("filters by state and tags, as service discovery asks", async () => {
    const running = await find(["instance-state-name", "running"], ["tag:fleet", "contract"]);
    expect(running).toHaveLength(given.front.workers.group().instances.length);
    expect(running[0]).toMatchObject({
      State: { Name: "running", Code: 16 },
      PrivateIpAddress: expect.stringMatching(/^172\.16\./),
      Placement: { AvailabilityZone: "eu-central-1a" },
      LaunchTime: expect.any(Date),
    });
    expect(await find(["tag:fleet", "another"])).toEqual([]);
    expect(await find(["tag:fleet", "con*"], ["instance-state-name", "running"])).toHaveLength(running.length);
  });

  const status = async (input: object = {}) => {
    const { InstanceStatuses } = await given.sdk.ec2.send(new DescribeInstanceStatusCommand(input));
    return InstanceStatuses?.map((each) => [each.SystemStatus?.Status, each.InstanceStatus?.Status]);
  };

  test.each([
    ["a machine that boots is initializing", { managed: false }, ["initializing", "initializing"]],
    ["one that runs passes", {}, ["ok", "ok"]],
    ["one whose host is dead fails both, though EC2 says running", { impaired: true }, ["impaired", "impaired"]],
    ["one that is cut off fails the check of its network", { cut: true }, ["ok", "impaired"]],
  ])("status checks: %s", async (_rule, change, expected) => {
    const id = given.front.workers.group().instances[0]?.id ?? "";
    given.front.instances.update(id, { managed: true, impaired: false, cut: false, ...change });
    expect(await status({ InstanceIds: [id] })).toEqual([expected]);
    const Filters = [{ Name: "instance-status.status", Values: ["impaired"] }];
    expect(await status({ Filters })).toHaveLength(expected.includes("impaired") ? 1 : 0);
    given.front.instances.update(id, { managed: true, impaired: false, cut: false });
  });

  test("goes on listing a terminated instance, without its address", async () => {
    given.front.workers.terminate(given.front.workers.group().instances[0]?.id ?? "", false);
    await expect.poll(() => find(["instance-state-name", "terminated"])).toHaveLength(1);
    const [gone] = await find(["instance-state-name", "terminated"]);
    expect(gone?.State?.Code).toBe(48);
    expect(gone?.PrivateIpAddress).toBeUndefined();
    const named = { InstanceIds: [gone?.InstanceId ?? ""] };
    expect(await status(named)).toEqual([]);
    expect(await status({ ...named, IncludeAllInstances: true })).toEqual([["not-applicable", "not-applicable"]]);
  });

  test("lists the zones", async () => {
    const { AvailabilityZones } = await given.sdk.ec2.send(new DescribeAvailabilityZonesCommand({}));
    expect(AvailabilityZones?.map((zone) => [zone.ZoneName, zone.State])).toEqual([
      ["eu-central-1a", "available"],
      ["eu-central-1b", "available"],
    ]);
  });

  test.each([
    ["an unknown id", { InstanceIds: ["i-0123456789abcdef0"] }, "InvalidInstanceID.NotFound"],
    ["a malformed id", { InstanceIds: ["i-x"] }, "InvalidInstanceID.Malformed"],
    ["an unknown filter", { Filters: [{ Name: "colour", Values: ["red"] }] }, "InvalidParameterValue"],
    ["a page that is too small", { MaxResults: 4 }, "InvalidParameterValue"],
  ])("refuses %s", async (_rule, input, name) => {
    await expect(given.sdk.ec2.send(new DescribeInstancesCommand(input))).rejects.toMatchObject({ name });
  });
});
