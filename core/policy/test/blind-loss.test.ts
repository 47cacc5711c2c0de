import { describe, expect, test } from "vitest";
import type { Observation, WorkerObservation } from "../src/index.ts";
import { blindWorker, fleetConfig, missing, observe, onReplicas, onWorkers, Scaler, worker } from "./world.ts";

/** The group as it is listed while Prometheus does not answer. */
const blind = (at: number, workers: readonly WorkerObservation[]): Observation => ({
  ...observe(at, workers),
  metricsReadable: false,
  demand: { web: missing },
});
const listed = (id: string, change: Partial<WorkerObservation> = {}) => ({ ...blindWorker(id), ...change });
const dead = { isUnhealthy: true };

/** Two workers with 100 req/s each, 2 replicas each (70 req/s a replica), read at 0 s; blind from 5 s on. */
function afterSight(scaler = new Scaler()): Scaler {
  scaler.tick(observe(0, [worker("i-1", 100, 2), worker("i-2", 100, 2)]));
  return scaler;
}

describe("a worker is lost while Prometheus cannot be read", () => {
  test.each<[rule: string, workers: readonly WorkerObservation[], expected: string]>([
    ["nobody is lost: nothing changes", [listed("i-1"), listed("i-2")], "hold metrics-blind"],
    ["it has left the group", [listed("i-1")], "scale-containers 2>3 blind-worker-lost"],
    [
      "the group ends it",
      [listed("i-1"), listed("i-2", { state: "terminating" })],
      "scale-containers 2>3 blind-worker-lost",
    ],
    [
      "the group's health check says so",
      [listed("i-1"), listed("i-2", dead)],
      "scale-containers 2>3 blind-worker-lost",
    ],
    [
      "it drains: its load comes, too",
      [listed("i-1"), listed("i-2", { draining: true })],
      "scale-containers 2>3 blind-worker-lost",
    ],
    [
      "one that boots takes no part of the load yet",
      [listed("i-1"), listed("i-3", { state: "pending" })],
      "scale-containers 2>3 blind-worker-lost",
    ],
    ["the lost one itself gets no more", [listed("i-1", dead), listed("i-2")], "hold metrics-blind"],
  ])("%s", (_rule, workers, expected) => {
    expect(onReplicas(afterSight().tick(blind(5, workers)), "i-1")).toBe(expected);
  });

  test("its load is shared by all that are left", () => {
    const scaler = new Scaler();
    scaler.tick(observe(0, [worker("i-1", 60, 1), worker("i-2", 130, 2), worker("i-3", 300, 5)]));
    const decisions = scaler.tick(blind(5, [listed("i-1"), listed("i-2")]));
    // 60 + 150 = 210 and 130 + 150 = 280 at 70 a replica.
    expect(onReplicas(decisions, "i-1")).toBe("scale-containers 1>3 blind-worker-lost");
    expect(onReplicas(decisions, "i-2")).toBe("scale-containers 2>4 blind-worker-lost");
  });

  test("never above max, and nothing in the group: that replaces what its health check finds dead", () => {
    const scaler = new Scaler();
    scaler.tick(observe(0, [worker("i-1", 600, 9), worker("i-2", 600, 9)]));
    const decisions = scaler.tick(blind(5, [listed("i-1"), listed("i-2", dead)]));
    expect(onReplicas(decisions, "i-1")).toBe("scale-containers 9>10 blind-worker-lost");
    expect(onWorkers(decisions)).toBe("hold metrics-blind");
  });

  test("it is decided once, and goes down by the window after sight is back", () => {
    const scaler = afterSight();
    scaler.tick(blind(5, [listed("i-1")]));
    expect(onReplicas(scaler.tick(blind(10, [listed("i-1")])), "i-1")).toBe("hold metrics-blind");
    expect(onReplicas(scaler.tick(blind(40, [listed("i-1"), listed("i-3")])), "i-1")).toBe("hold metrics-blind");
    expect(onReplicas(scaler.tick(observe(45, [worker("i-1", 20, 3)])), "i-1")).toBe("hold window-holds");
  });

  test("a scaler that has never seen numbers does nothing", () => {
    expect(onReplicas(new Scaler().tick(blind(5, [listed("i-1")])), "i-1")).toBe("hold no-data");
  });

  test("a pause holds", () => {
    const overrides = [{ kind: "pause" as const, id: "o", by: "eva", expiresAtMs: 60_000 }];
    expect(onReplicas(afterSight().tick(blind(5, [listed("i-1")]), { overrides }), "i-1")).toBe("hold paused");
  });
});

test("while Prometheus can be read, the readings count and not the memory", () => {
  expect(onReplicas(afterSight().tick(observe(5, [worker("i-1", 100, 2)])), "i-1")).toBe("hold steady");
});

test("one that was lost in sight is no loss once the others' rates show its load", () => {
  const scaler = afterSight();
  scaler.tick(observe(5, [worker("i-1", 150, 3), blindWorker("i-2")]));
  const soon = new Scaler(fleetConfig());
  soon.memory = scaler.memory;
  expect(onReplicas(soon.tick(blind(10, [listed("i-1")])), "i-1")).toBe("scale-containers 3>4 blind-worker-lost");
  scaler.tick(observe(15, [worker("i-1", 200, 3), blindWorker("i-2")]));
  expect(onReplicas(scaler.tick(blind(20, [listed("i-1")])), "i-1")).toBe("hold metrics-blind");
});

test("an alert that asks for more while blind starts from what last ran", () => {
  const signals = [{ id: "a@1", kind: "alert", scale: "containers", direction: "up", worker: "i-1" }] as const;
  const decisions = afterSight().tick(blind(5, [listed("i-1"), listed("i-2")]), { signals });
  expect(onReplicas(decisions, "i-1")).toBe("scale-containers 2>3 blind-step-up");
});
