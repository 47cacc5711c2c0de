import { DescribeTargetGroupsCommand, DescribeTargetHealthCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { systemClock } from "@compose-fleet/process";
import { expect, test } from "vitest";
import { startFront } from "./front-under-test.ts";
import { sdkClients } from "./sdk-under-test.ts";

test("a target in service is being registered, then checked, then healthy: a client sees each", async () => {
  let endRegistration = () => {};
  const registering = new Promise<void>((resolve) => {
    endRegistration = resolve;
  });
  const LAG_MS = 120_000;
  const clock = {
    ...systemClock,
    sleep: (ms: number, signal?: AbortSignal) => (ms === LAG_MS ? registering : systemClock.sleep(ms, signal)),
  };
  const front = await startFront(clock, { registrationLagMs: LAG_MS });
  const sdk = sdkClients(front.endpoint, front.accessKeyId);
  const health = async () => {
    const { TargetGroups } = await sdk.elbv2.send(new DescribeTargetGroupsCommand({}));
    const { TargetHealthDescriptions } = await sdk.elbv2.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: TargetGroups?.[0]?.TargetGroupArn }),
    );
    return TargetHealthDescriptions?.map(({ TargetHealth }) => [TargetHealth?.State, TargetHealth?.Reason]);
  };
  try {
    await expect.poll(() => front.workers.group().instances[0]?.state, { timeout: 15_000 }).toBe("in-service");
    expect(await health()).toEqual([["initial", "Elb.RegistrationInProgress"]]);
    const { address = "" } = front.instances.list()[0] ?? {};
    // While it does not answer, its first checks decide nothing good.
    front.down.add(address);
    endRegistration();
    await expect
      .poll(health, { timeout: 15_000 })
      .toEqual([[expect.stringMatching(/initial|unhealthy/), expect.not.stringMatching("Registration")]]);
    front.down.delete(address);
    await expect.poll(health, { timeout: 15_000 }).toEqual([["healthy", undefined]]);
  } finally {
    sdk.destroy();
    await front.close();
  }
});
