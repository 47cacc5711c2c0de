import type { OverrideRequest, StatusAnswer } from "@compose-fleet/wh-api";
import { expect, test } from "vitest";
import { withFewestReplicas } from "./fewest-replicas.ts";

/** A scaler whose fleet follows each pin at the next look; without `follows` it never does. */
function world({ hold = false, follows = true, dryRun = [] as string[] } = {}) {
  const pins = new Map<string, OverrideRequest>();
  const asked: OverrideRequest[] = [];
  let nowMs = 0;
  const member = (replicasReady: number, draining = false) => ({
    state: "in-service",
    draining,
    services: { web: { replicasReady } },
  });
  const scaler = {
    status: async () => {
      const isDone = follows && pins.size === 2;
      const members = isDone ? [member(1)] : [member(3), member(2, !hold)];
      return { hold, dryRun: { fleet: false, services: dryRun }, members } as unknown as StatusAnswer;
    },
    addOverride: async (override: OverrideRequest) => {
      asked.push(override);
      pins.set(String(asked.length), override);
      return { id: String(asked.length) } as never;
    },
    removeOverride: async (id: string) => {
      pins.delete(id);
    },
  };
  const config = { workers: { min: 1 }, services: { web: { replicas: { min: 1 } } } } as never;
  const clock = {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const run = (work: (replicas: number) => Promise<unknown>, stop = new AbortController().signal) =>
    withFewestReplicas({ scaler, config, clock, stop, update: () => {} }, "web", work);
  return { run, pins, asked };
}

test("the work is done on the fewest replicas, and the pins end with it", async () => {
  const { run, pins, asked } = world();
  expect(await run(async (replicas) => [replicas, pins.size])).toEqual([1, 2]);
  expect(pins.size).toBe(0);
  expect(asked).toMatchObject([
    { kind: "pin-workers", workers: 1 },
    { kind: "pin-replicas", service: "web", replicas: 1 },
  ]);
  // Nobody may be left to end them.
  expect(asked.every(({ forSeconds }) => forSeconds > 300 && forSeconds < 3_600)).toBe(true);
});

test("work that fails gives the scaler its numbers back", async () => {
  const { run, pins } = world();
  await expect(run(() => Promise.reject(new Error("cut off")))).rejects.toThrow("cut off");
  expect(pins.size).toBe(0);
});

test("so does a fleet that does not follow, and it says what was waited for", async () => {
  const { run, pins } = world({ follows: false });
  await expect(run(async () => {})).rejects.toThrow("1 workers with 1 replicas of web each");
  expect(pins.size).toBe(0);
});

test("so does an interrupt while it is waited for", async () => {
  const { run, pins } = world({ follows: false });
  await expect(run(async () => {}, AbortSignal.abort())).rejects.toThrow("Interrupted");
  expect(pins.size).toBe(0);
});

test("a scaler that is held is left alone, and what runs is measured", async () => {
  const { run, asked } = world({ hold: true });
  expect(await run(async (replicas) => replicas)).toBe(5);
  expect(asked).toEqual([]);
});

test("a service that the scaler only talks about is refused", async () => {
  const { run, asked } = world({ dryRun: ["web"] });
  await expect(run(async () => {})).rejects.toThrow("dryRun");
  expect(asked).toEqual([]);
});
