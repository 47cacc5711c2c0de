import { expect, test } from "vitest";
import { boundBy, inFlight } from "./bound-by.ts";
import type { Step } from "./knee.ts";
import type { Knee } from "./knee-found.ts";

const step: Step = { rps: 70, seconds: 4, sent: 280, failed: 0, p50Ms: 57, p99Ms: 70, elapsedMs: 4_060, lagMs: 5 };
const knee: Knee = {
  rps: 70,
  good: step,
  bent: { step: { ...step, rps: 74 }, trouble: "slow" },
  confidence: "high",
  doubts: [],
};
const failing: Knee = { ...knee, bent: { step, trouble: "failing" } };
const room = { replicaCpu: 0.2, workerCpu: 0.4, memory: 0.5 };

test.each([
  ["a replica at its CPU's limit", knee, { ...room, replicaCpu: 0.97 }, "cpu"],
  ["its worker's CPU, while the replica has room", knee, { ...room, workerCpu: 0.95 }, "worker-cpu"],
  ["memory, where requests fail", failing, { ...room, memory: 0.99 }, "memory"],
  ["full memory of a replica that answers is a cache", knee, { ...room, memory: 0.99 }, "slots"],
  ["requests that wait although there is room", knee, room, "slots"],
  ["requests that fail although there is room", failing, room, "errors"],
  [
    "a load that came late",
    { ...knee, bent: { step: { ...step, lagMs: 300 }, trouble: "slow" } },
    room,
    "this-machine",
  ],
  ["nothing where nothing bent", { ...knee, bent: undefined }, room, "none"],
  ["what Prometheus does not know is no limit", knee, { replicaCpu: null, workerCpu: null, memory: null }, "slots"],
] as const)("%s", (_name, found, usage, kind) => {
  expect(boundBy(found, usage, 1).kind).toBe(kind);
});

test("what is not known is not said to be nothing", () => {
  expect(boundBy(knee, { ...room, memory: null }, 1).text).toContain("memory (unknown)");
});

test("slots are counted for each replica", () => {
  expect(inFlight(step, 1)).toBe(4);
  expect(inFlight({ ...step, rps: 140 }, 2)).toBe(4);
  expect(boundBy(knee, room, 1).text).toContain("about 4 requests at once");
});
