import { expect, test } from "vitest";
import { newTarget } from "../../../emulator/src/balancer/target-group.ts";
import { untilReady } from "./until-ready.ts";

/** A fleet of one worker that is never healthy, and how long somebody waits for it; no time passes meanwhile. */
async function waited(registrationLagMs: number): Promise<number> {
  let nowMs = 0;
  const never = () => {
    throw new Error("not asked for");
  };
  const unused = { register: never, deregister: never, remove: never, stop: never };
  const rules = {
    intervalMs: 1,
    healthyThreshold: 1,
    unhealthyThreshold: 1,
    registrationLagMs,
    deregistrationLagMs: 0,
  };
  await expect(
    untilReady({
      workers: { group: () => ({ desired: 1 }) } as Parameters<typeof untilReady>[0]["workers"],
      balancer: { ...unused, rules, targets: () => [newTarget("i-1", "172.16.0.16")] },
      clock: {
        nowMs: () => nowMs,
        sleep: async (ms) => {
          nowMs += ms;
        },
      },
      whReady: undefined,
      failure: () => undefined,
      signal: new AbortController().signal,
    }),
  ).rejects.toThrow(`is not ready after ${180 + registrationLagMs / 1000} s: 0 of 1 workers are healthy`);
  return nowMs;
}

test.each([0, 120_000, 3_600_000])("who registers workers for %i ms is waited for as much longer", async (lagMs) => {
  expect(await waited(lagMs)).toBeGreaterThan(lagMs + 180_000);
});
