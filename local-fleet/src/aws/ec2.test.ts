import { DescribeAvailabilityZonesCommand, DescribeInstancesCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../clock.ts";
import { type FrontUnderTest, startFront } from "./front-under-test.ts";
import { type SdkClients, sdkClients } from "./sdk-under-test.ts";

let front: FrontUnderTest;
let sdk: SdkClients;

beforeAll(async () => {
  front = await startFront(systemClock);
  sdk = sdkClients(front.endpoint, front.accessKeyId);
});

afterAll(async () => {
  sdk.destroy();
  await front.close();
});

describe("EC2", () => {
  const find = async (...filters: [string, string][]) => {
    const Filters = filters.map(([Name, value]) => ({ Name, Values: [value] }));
    const { Reservations } = await sdk.ec2.send(new DescribeInstancesCommand({ Filters }));
    return Reservations?.flatMap((each) => each.Instances ?? []) ?? [];
  };

  test("filters by state and tags, as service discovery asks", async () => {
    const running = await find(["instance-state-name", "running"], ["tag:fleet", "contract"]);
    expect(running).toHaveLength(front.workers.group().instances.length);
    expect(running[0]).toMatchObject({
      State: { Name: "running", Code: 16 },
      PrivateIpAddress: expect.stringMatching(/^172\.16\./),
      Placement: { AvailabilityZone: "eu-central-1a" },
      LaunchTime: expect.any(Date),
    });
    expect(await find(["tag:fleet", "another"])).toEqual([]);
    expect(await find(["tag:fleet", "con*"], ["instance-state-name", "running"])).toHaveLength(running.length);
  });

  test("goes on listing a terminated instance, without its address", async () => {
    front.workers.terminate(front.workers.group().instances[0]?.id ?? "", false);
    await expect.poll(() => find(["instance-state-name", "terminated"])).toHaveLength(1);
    const [gone] = await find(["instance-state-name", "terminated"]);
    expect(gone?.State?.Code).toBe(48);
    expect(gone?.PrivateIpAddress).toBeUndefined();
  });

  test("lists the zones", async () => {
    const { AvailabilityZones } = await sdk.ec2.send(new DescribeAvailabilityZonesCommand({}));
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
    await expect(sdk.ec2.send(new DescribeInstancesCommand(input))).rejects.toMatchObject({ name });
  });
});
