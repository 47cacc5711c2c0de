import { decide, emptyMemory, type Observation, type WorkerObservation } from "@compose-fleet/policy";
import { expect, test } from "vitest";
import { createFakeClock, settle } from "../test-support/fake-clock.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { testFleet } from "../test-support/test-fleet.ts";
import type { Outcome } from "./outcome.ts";
import { createTerminationKeeper } from "./termination-keeper.ts";

const unknown = { ok: false as const, problem: "" };
const rate = (value: number) => ({
  a: { requestsPerSecond: { ok: true as const, value }, meanSeconds: unknown, replicasReady: unknown },
});

/** A keeper and the calls it made, with their time in seconds. */
function createSetting(options: { fence?: () => number | undefined; drain?: () => Outcome } = {}) {
  const clock = createFakeClock(0);
  const calls: string[] = [];
  const call = (what: string, outcome: Outcome = { status: "applied" }) => {
    calls.push(`${clock.nowMs() / 1000} ${what}`);
    return Promise.resolve(outcome);
  };
  const config = testFleet();
  let memory = emptyMemory(0);
  const keeper = createTerminationKeeper({
    clock,
    log: createMemoryLog(),
    drains: {
      setDraining: ({ worker, draining, fence }) =>
        call(`${draining ? "drain" : "cancel"} ${worker} ${fence}`, options.drain?.()),
    },
    hook: { complete: (worker) => call(`complete ${worker}`), heartbeat: (worker) => call(`heartbeat ${worker}`) },
    nextFence: options.fence ?? (() => 7),
  });
  /** Looks once, `seconds` later. */
  const look = async (seconds: number, change: Partial<WorkerObservation>, metricsReadable = true) => {
    await clock.advance(seconds * 1000);
    const worker: WorkerObservation = {
      id: "i-1",
      zone: "a",
      state: "terminating",
      launchedAtMs: 0,
      up: true,
      draining: false,
      awaitsHook: true,
      cpuRatio: unknown,
      arrivalsPerSecond: { ok: true, value: 0 },
      completionsPerSecond: { ok: true, value: 0 },
      openRequests: { ok: true, value: 0 },
      services: rate(20),
      ...change,
    };
    const other: WorkerObservation = { ...worker, id: "i-2", state: "in-service", draining: false, awaitsHook: false };
    const value = { desired: 2, min: 1, max: 6, failedLaunches: 0, workers: [worker, other] };
    const observation: Observation = {
      atMs: clock.monotonicMs(),
      metricsReadable,
      demand: {},
      group: { ok: true, value },
    };
    const output = decide({ config, observation, memory, signals: [], overrides: [], inFlight: new Set() });
    memory = output.memory;
    if (observation.group.ok) keeper.update(output.leaving);
    await settle();
  };
  return { calls, look, clock };
}

test("a worker that somebody else ends is drained once, and completed when quiet for 15 s", async () => {
  const { calls, look } = createSetting();
  await look(0, {});
  await look(5, { draining: true });
  await look(5, { draining: true, services: rate(0) });
  await look(10, { draining: true, services: rate(0) });
  expect(calls).toEqual(["0 drain i-1 7"]);
  await look(5, { draining: true, services: rate(0) });
  expect(calls).toEqual(["0 drain i-1 7", "25 complete i-1"]);
});

test("a worker that drains already at the first look is completed only once it was seen quiet", async () => {
  const { calls, look } = createSetting();
  await look(0, { draining: true });
  await look(60, { draining: true });
  await look(5, { draining: true, services: rate(0) });
  await look(5, { draining: true });
  await look(5, { draining: true, services: rate(0) });
  await look(14, { draining: true, services: rate(0) });
  expect(calls).toEqual([]);
  await look(1, { draining: true, services: rate(0) });
  expect(calls).toEqual(["90 complete i-1"]);
});

test("a worker that this scaler saw drain and be quiet is completed as soon as the group waits", async () => {
  const { calls, look } = createSetting();
  const inService = { awaitsHook: false, state: "in-service", draining: true } as const;
  await look(0, inService);
  await look(5, { ...inService, services: rate(0) });
  await look(15, { ...inService, services: rate(0) });
  expect(calls).toEqual([]);
  await look(5, { draining: true, services: rate(0) });
  expect(calls).toEqual(["25 complete i-1"]);
});

test("a worker that was ended at the deadline of its drain has no second one", async () => {
  const { calls, look } = createSetting();
  for (let seconds = 0; seconds < 900; seconds += 60) await look(60, { awaitsHook: false, draining: true });
  await look(60, { draining: true });
  expect(calls).toEqual(["960 complete i-1"]);
});

test("nor is one that drains and cannot be read taken for quiet", async () => {
  const { calls, look } = createSetting();
  for (let seconds = 0; seconds < 60; seconds += 5)
    await look(5, {
      draining: true,
      services: { a: { requestsPerSecond: unknown, meanSeconds: unknown, replicasReady: unknown } },
    });
  expect(calls).toEqual([]);
});

test("a worker that has not answered five scrapes is completed; while Prometheus is away nobody knows", async () => {
  const { calls, look } = createSetting();
  await look(0, { up: false }, false);
  expect(calls).toEqual(["0 drain i-1 7"]);
  await look(5, { up: false });
  await look(9, { up: false });
  expect(calls).toEqual(["0 drain i-1 7"]);
  await look(1, { up: false });
  expect(calls).toEqual(["0 drain i-1 7", "15 complete i-1"]);
});

test("a worker that misses a scrape and answers again is drained, not given up", async () => {
  const { calls, look } = createSetting();
  await look(0, { up: false });
  await look(5, { up: false });
  expect(calls).toEqual([]);
  await look(3, {});
  await look(5, { up: false });
  await look(5, { draining: true });
  expect(calls).toEqual(["8 drain i-1 7"]);
});

test("heartbeats keep the group waiting, at the deadline the worker ends although requests still arrive", async () => {
  const { calls, look } = createSetting();
  await look(0, {});
  for (let seconds = 0; seconds < 900; seconds += 60) await look(60, { draining: true });
  expect(calls.filter((line) => line.includes("heartbeat"))).toHaveLength(7);
  expect(calls.at(-1)).toBe("900 complete i-1");
});

test("a clock that is set, forwards or back, ends nobody and holds nobody back", async () => {
  for (const byMs of [20 * 60_000, -20 * 60_000, 86_400_000, -86_400_000]) {
    const { calls, look, clock } = createSetting();
    await look(0, { services: rate(50) });
    clock.jump(byMs);
    await look(5, { draining: true, services: rate(50) });
    expect(calls).toHaveLength(1);
    await look(5, { draining: true, services: rate(0) });
    clock.jump(byMs);
    await look(5, { draining: true, services: rate(0) });
    expect(calls).toHaveLength(1);
    await look(10, { draining: true, services: rate(0) });
    expect(calls.map((call) => call.replace(/^\S+ /, ""))).toEqual(["drain i-1 7", "complete i-1"]);
  }
});

test("a drain that failed is tried again after 10 s", async () => {
  const { calls, look } = createSetting({ drain: () => ({ status: "failed", reason: "offline", retryable: true }) });
  await look(0, {});
  await look(5, {});
  await look(5, {});
  expect(calls).toEqual(["0 drain i-1 7", "10 drain i-1 7"]);
});

test("a worker that the group does not wait for is left alone, and so is everything without a mandate", async () => {
  const { calls, look } = createSetting({ fence: () => undefined });
  await look(0, { awaitsHook: false, draining: true });
  await look(5, {});
  expect(calls).toEqual([]);
});
