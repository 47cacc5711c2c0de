import { type Decision, type Observation, replicaBaseline } from "@compose-fleet/policy";
import { expect, test } from "vitest";
import { settle } from "../test-support/fake-clock.ts";
import { createMemoryLog } from "../test-support/memory-log.ts";
import { createBaselineKeeper } from "./baseline-keeper.ts";

const reason = { code: "steady" as const, numbers: {} };
const hold = (worker: string, current: number): Decision => ({
  kind: "hold",
  target: { kind: "replicas", worker, service: "a" },
  current,
  reason,
});
const scale = (worker: string, to: number): Decision => ({
  kind: "scale-containers",
  worker,
  service: "a",
  from: 1,
  to,
  reason,
});
const workers: Decision = { kind: "hold", target: { kind: "workers" }, current: 9, reason };
const seen = { metricsReadable: true } as Observation;

test("the largest number on any worker is written, and only when it changes", async () => {
  const written: object[] = [];
  const keeper = createBaselineKeeper({ write: async (replicas) => void written.push(replicas) }, createMemoryLog());
  for (const decisions of [
    [workers, hold("i-1", 2), scale("i-2", 5)],
    [workers, hold("i-1", 5), hold("i-2", 2)],
    [hold("i-1", 1)],
  ]) {
    keeper.update(replicaBaseline(decisions, seen));
    await settle();
  }
  expect(written).toEqual([{ a: 5 }, { a: 1 }]);
});

test("nothing is written while blind, or when no number is known", async () => {
  const written: object[] = [];
  const keeper = createBaselineKeeper({ write: async (replicas) => void written.push(replicas) }, createMemoryLog());
  keeper.update(replicaBaseline([hold("i-1", 3)], { metricsReadable: false } as Observation));
  keeper.update(replicaBaseline([workers, hold("i-1", 0)], seen));
  await settle();
  expect(written).toEqual([]);
});

test("a failed write is tried again", async () => {
  let attempts = 0;
  const write = async () => {
    attempts++;
    if (attempts === 1) throw new Error("throttled");
  };
  const keeper = createBaselineKeeper({ write }, createMemoryLog());
  for (let tick = 0; tick < 3; tick++) {
    keeper.update(replicaBaseline([hold("i-1", 3)], seen));
    await settle();
  }
  expect(attempts).toBe(2);
});
