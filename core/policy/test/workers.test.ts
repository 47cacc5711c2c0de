import { describe, expect, test } from "vitest";
import type { GroupObservation } from "../src/index.ts";
import { blindWorker, missing, observe, ok, onWorkers, Scaler, worker } from "./world.ts";

/** `count` workers that share this load equally, in zones a and b in turn. */
const group = (at: number, count: number, load: number, change: Partial<GroupObservation> = {}) =>
  observe(
    at,
    Array.from({ length: count }, (_, index) =>
      worker(`i-${index + 1}`, load / count, 10, { zone: "ab"[index % 2] ?? "a", launchedAtMs: index }),
    ),
    change,
  );

describe("scale out", () => {
  test.each([
    ["up to headroom × capacity one worker is enough", 900, 1, "hold steady"],
    ["above it another one is wanted", 901, 1, "set-capacity 1>2 load-needs-more"],
    ["jumps to the computed number at once", 3500, 1, "set-capacity 1>4 load-needs-more"],
    ["never above max", 99_999, 2, "set-capacity 2>6 load-needs-more"],
    ["at max stays", 99_999, 6, "hold at-max"],
  ])("%s", (_rule, load, count, expected) => {
    expect(onWorkers(new Scaler().tick(group(0, count, load)))).toBe(expected);
  });

  test("the largest of load and CPU binds", () => {
    const hot = observe(0, [worker("i-1", 100, 2, { cpuRatio: ok(0.95) })]);
    expect(onWorkers(new Scaler().tick(hot))).toBe("set-capacity 1>2 cpu-needs-more");
  });

  test("booting workers count: the same need does not launch twice", () => {
    const booting = observe(0, [worker("i-1", 1000, 10), worker("i-2", 0, 0, { state: "pending" })]);
    expect(onWorkers(new Scaler().tick(booting))).toBe("hold steady");
  });

  test.each<[string, Partial<GroupObservation>, string]>([
    ["a desired capacity below min is raised", { desired: 0 }, "set-capacity 0>2 below-min"],
    ["AWS's tighter max is kept", { max: 1 }, "hold at-max"],
    ["after a failed launch it waits", { failedLaunches: 1, lastFailedLaunchAtMs: 0 }, "hold failed-launch-wait"],
    ["after two in a row it stops", { failedLaunches: 2, lastFailedLaunchAtMs: -1e9 }, "hold failed-launch-limit"],
    ["the wait ends", { failedLaunches: 1, lastFailedLaunchAtMs: -180_000 }, "set-capacity 1>2 load-needs-more"],
  ])("%s", (_rule, change, expected) => {
    expect(onWorkers(new Scaler().tick(group(0, 1, 1500, change)))).toBe(expected);
  });

  test("an empty group is filled up to min, without any data", () => {
    expect(onWorkers(new Scaler().tick(observe(0, [], { desired: 0 })))).toBe("set-capacity 0>1 below-min");
  });
});

describe("scale in", () => {
  test("only after the whole window was watched, one worker at a time", () => {
    const scaler = new Scaler();
    expect(onWorkers(scaler.watch(0, 295, (at) => group(at, 3, 100)))).toBe("hold window-holds");
    expect(onWorkers(scaler.tick(group(300, 3, 100)))).toBe("drain-worker i-1 3>2 load-needs-fewer");
    const leaving = observe(305, [
      worker("i-1", 10, 1, { state: "terminating" }),
      worker("i-2", 10, 1),
      worker("i-3", 10, 1),
    ]);
    expect(onWorkers(scaler.tick(leaving))).toBe("hold worker-leaving");
    expect(onWorkers(scaler.tick(observe(310, [worker("i-2", 10, 1), worker("i-3", 5, 1)])))).toBe(
      "drain-worker i-3 2>1 load-needs-fewer",
    );
  });

  test("not while the smaller group would be filled above scaleInShare", () => {
    // One worker carries 900; 0.9 of that is 810.
    const scaler = new Scaler();
    expect(onWorkers(scaler.watch(0, 400, (at) => group(at, 2, 820)))).toBe("hold within-tolerance");
    expect(onWorkers(scaler.watch(405, 700, (at) => group(at, 2, 800)))).toBe("drain-worker i-1 2>1 load-needs-fewer");
  });

  test("not while a worker boots", () => {
    const scaler = new Scaler();
    const at = (seconds: number) =>
      observe(seconds, [worker("i-1", 10, 1), worker("i-2", 10, 1), worker("i-3", 0, 0, { state: "pending" })]);
    expect(onWorkers(scaler.watch(0, 400, at))).toBe("hold worker-booting");
  });

  test("the victim is in the fullest zone and there the least busy", () => {
    const scaler = new Scaler();
    const at = (seconds: number) =>
      observe(seconds, [
        worker("i-1", 1, 1, { zone: "b" }),
        worker("i-2", 30, 1),
        worker("i-3", 20, 1),
        worker("i-4", 40, 1),
      ]);
    expect(onWorkers(scaler.watch(0, 300, at))).toBe("drain-worker i-3 4>3 load-needs-fewer");
  });

  test("a worker that cannot be read is never the victim while another can", () => {
    const scaler = new Scaler();
    const at = (seconds: number) =>
      observe(seconds, [
        { ...blindWorker("i-1"), up: true },
        worker("i-2", 10, 1),
        worker("i-3", 9, 1),
        worker("i-4", 9, 1),
      ]);
    expect(onWorkers(scaler.watch(0, 300, at))).toBe("drain-worker i-3 4>3 load-needs-fewer");
  });

  test("the breaker stops it", () => {
    const scaler = new Scaler();
    const at = (seconds: number) => observe(seconds, [blindWorker("i-1"), blindWorker("i-2"), worker("i-3", 10, 1)]);
    expect(onWorkers(scaler.watch(0, 400, at))).toBe("hold breaker");
  });

  test.each([
    ["demand that cannot be read", { metricsReadable: true, demand: { web: missing } }, "hold no-data"],
    ["Prometheus that does not answer", { metricsReadable: false, demand: { web: missing } }, "hold metrics-blind"],
    ["a group that cannot be read", { group: { ok: false as const, problem: "throttled" } }, "hold group-unreadable"],
  ])("%s holds, even after a quiet window", (_rule, change, expected) => {
    const scaler = new Scaler();
    scaler.watch(0, 295, (at) => group(at, 3, 100));
    expect(onWorkers(scaler.tick({ ...group(300, 3, 100), ...change }))).toBe(expected);
    expect(onWorkers(scaler.tick(group(305, 3, 100)))).toBe("hold window-holds");
  });
});
