import { describe, expect, test } from "vitest";
import { type GroupObservation, renderReason, type WorkerObservation } from "../src/index.ts";
import { blindWorker, fleetConfig, missing, observe, onWorkers, Scaler, worker } from "./world.ts";

const impatient = fleetConfig({ scaling: { workers: { bootSeconds: 300 } } });
const pending = (id: string): WorkerObservation => ({ ...blindWorker(id), state: "pending" });
/** Two workers that serve `load` together, and `i-9`, which never answers. */
const withStuck = (load: number, change: Partial<GroupObservation> = {}, stuck = pending("i-9")) => {
  return (at: number) => observe(at, [worker("i-1", load / 2, 9), worker("i-2", load / 2, 9), stuck], change);
};
/** A load that needs all three. */
const HIGH = 2000;

describe("a worker that never comes into service", () => {
  test("is replaced once it has been booting for bootSeconds, and the number of workers stays", () => {
    const scaler = new Scaler(impatient);
    expect(onWorkers(scaler.watch(0, 295, withStuck(HIGH)))).toMatch("hold");
    const [decision] = scaler.tick(withStuck(HIGH)(300));
    expect(decision).toMatchObject({ kind: "replace-worker", worker: "i-9", from: 3, to: 3 });
    expect(decision && renderReason(decision.reason)).toBe("i-9 has not come into service within 300 s: given up");
  });

  test("is ended, and none launched for it, where fewer are needed; the others scale in as ever", () => {
    const scaler = new Scaler(impatient);
    expect(onWorkers(scaler.watch(0, 295, withStuck(100)))).toBe("hold window-holds");
    expect(onWorkers(scaler.tick(withStuck(100)(300)))).toBe("terminate-worker i-9 3>2 never-served");
    const pair = (at: number) => observe(at, [worker("i-1", 50, 1), worker("i-2", 50, 1)]);
    expect(onWorkers(scaler.watch(305, 305, pair))).toBe("drain-worker i-1 2>1 load-needs-fewer");
  });

  test("one at a time: not while another is on its way out", () => {
    const leaving = worker("i-3", 0, 1, { state: "terminating" });
    const scaler = new Scaler(impatient);
    const world = (at: number) =>
      observe(at, [worker("i-1", 1000, 9), worker("i-2", 1000, 9), leaving, pending("i-9")]);
    expect(onWorkers(scaler.watch(0, 400, world))).toBe("hold steady");
  });

  test("it is no capacity: a worker that drains comes back for a load that one cannot serve, whatever failed before", () => {
    const scaler = new Scaler(impatient);
    const world = (at: number) =>
      observe(at, [worker("i-1", 0, 1, { draining: true }), worker("i-2", 1000, 9), pending("i-9")], {
        failedLaunches: 2,
      });
    expect(onWorkers(scaler.tick(world(0)))).toBe("cancel-drain i-1 1>2 too-few-serve");
  });

  test.each([
    [
      "not when most others cannot be read either: then the monitoring is blind",
      (at: number) => observe(at, [blindWorker("i-1"), blindWorker("i-2"), worker("i-3", 10, 9), pending("i-9")]),
    ],
    [
      "not while Prometheus cannot be read, which starts the count anew",
      (at: number) => ({ ...withStuck(HIGH)(at), ...(at === 200 && { metricsReadable: false }) }),
    ],
    ["not during an instance refresh", withStuck(HIGH, { busyWith: "an instance refresh" })],
    [
      "not when it answers, though the group does not have it in service yet",
      withStuck(HIGH, {}, worker("i-9", 0, 0, { state: "pending" })),
    ],
    ["nor after a launch that AWS refused", withStuck(HIGH, { failedLaunches: 2, lastFailedLaunchAtMs: 0 })],
  ])("%s", (_rule, world) => {
    expect(onWorkers(new Scaler(impatient).watch(0, 400, world))).toMatch("hold");
  });

  test("the time until the group calls it in service is the launching hook's, not ours: it counts from then on", () => {
    const scaler = new Scaler(impatient);
    scaler.watch(0, 895, withStuck(HIGH, {}, { ...pending("i-9"), isLaunching: true }));
    expect(onWorkers(scaler.watch(900, 1195, withStuck(HIGH)))).toMatch("hold");
    expect(onWorkers(scaler.tick(withStuck(HIGH)(1200)))).toMatch("replace-worker i-9");
  });

  test.each([
    ["nobody knows whether it answers", { up: "unknown" as const }],
    ["it is in Standby", { state: "aside" as const, lifecycle: "Standby" }],
  ])("not while %s", (_rule, change) => {
    const world = withStuck(HIGH, {}, { ...pending("i-9"), ...change });
    expect(onWorkers(new Scaler(impatient).watch(0, 2000, world))).toMatch(/hold|set-capacity/);
  });

  test("by default a boot has as long as the launching hook: 900 s", () => {
    const scaler = new Scaler();
    expect(onWorkers(scaler.watch(0, 895, withStuck(HIGH)))).toMatch("hold");
    expect(onWorkers(scaler.tick(withStuck(HIGH)(900)))).toMatch("replace-worker i-9");
  });

  test("a clock that jumps ahead makes it no older, nor does a restart of the scaler", () => {
    const scaler = new Scaler(impatient);
    scaler.watch(0, 100, withStuck(HIGH));
    expect(onWorkers(scaler.watch(5000, 5295, withStuck(HIGH)))).toMatch("hold");
    expect(onWorkers(scaler.tick(withStuck(HIGH)(5300)))).toMatch("replace-worker i-9");
  });
});

describe("counted as a failed launch", () => {
  const successor = (id: string) => withStuck(HIGH, {}, pending(id));

  test("a second one is replaced, a third is not: somebody must look", () => {
    const scaler = new Scaler(impatient);
    expect(onWorkers(scaler.watch(0, 300, successor("i-9")))).toMatch("replace-worker i-9");
    expect(onWorkers(scaler.watch(305, 605, successor("i-10")))).toMatch("replace-worker i-10");
    expect(onWorkers(scaler.watch(610, 910, successor("i-11")))).toBe("hold failed-launch-limit");
    const [decision] = scaler.tick(successor("i-11")(915));
    expect(decision && renderReason(decision.reason)).toMatch("2 launches in a row failed");
  });

  test("the one that is being replaced does not count against itself: a refused call is made again", () => {
    const scaler = new Scaler(impatient);
    expect(onWorkers(scaler.watch(0, 300, successor("i-9")))).toMatch("replace-worker i-9");
    expect(onWorkers(scaler.watch(305, 310, successor("i-9")))).toMatch("replace-worker i-9");
  });

  test("load that needs more waits, as after a launch that AWS refused", () => {
    const scaler = new Scaler(impatient);
    scaler.watch(0, 300, successor("i-9"));
    expect(onWorkers(scaler.tick(withStuck(4000, {}, pending("i-10"))(305)))).toBe("hold failed-launch-wait");
  });

  test("a worker that comes into service ends the count", () => {
    const scaler = new Scaler(impatient);
    scaler.watch(0, 300, successor("i-9"));
    scaler.watch(305, 605, successor("i-10"));
    scaler.watch(610, 615, successor("i-11"));
    scaler.tick(withStuck(HIGH, {}, worker("i-11", 600, 9))(620));
    expect(onWorkers(scaler.watch(625, 925, successor("i-12")))).toMatch("replace-worker i-12");
  });

  test("so does an hour", () => {
    const scaler = new Scaler(impatient);
    scaler.watch(0, 300, successor("i-9"));
    scaler.watch(305, 605, successor("i-10"));
    expect(onWorkers(scaler.watch(610, 3895, successor("i-11")))).toBe("hold failed-launch-limit");
    expect(onWorkers(scaler.watch(3900, 4205, successor("i-11")))).toMatch("replace-worker i-11");
  });

  test("the limit does not keep the fleet large", () => {
    const scaler = new Scaler(impatient);
    scaler.watch(0, 300, successor("i-9"));
    scaler.watch(305, 605, successor("i-10"));
    scaler.watch(610, 910, successor("i-11"));
    expect(onWorkers(scaler.watch(915, 920, withStuck(100, {}, pending("i-11"))))).toBe(
      "terminate-worker i-11 3>2 never-served",
    );
  });
});

describe("with no worker in service", () => {
  const alone = (at: number) => ({ ...observe(at, [pending("i-1")]), demand: { web: missing } });

  test("nobody tells whether it is dead: one more is launched beside it, and the dead one ends when that one serves", () => {
    const scaler = new Scaler(impatient);
    expect(onWorkers(scaler.watch(0, 300, alone))).toBe("set-capacity 1>2 never-served-alone");
    const two = (at: number) => observe(at, [pending("i-1"), pending("i-2")]);
    expect(onWorkers(scaler.watch(305, 400, two))).toMatch("hold");
    const served = (at: number) => observe(at, [pending("i-1"), worker("i-2", 10, 1)]);
    expect(onWorkers(scaler.watch(405, 405, served))).toBe("terminate-worker i-1 2>1 never-served");
  });

  test("at most two are launched beside it: if no worker ever answers, it is the monitoring that is blind", () => {
    const scaler = new Scaler(impatient);
    let desired = 1;
    for (let at = 0; at <= 3500; at += 5) {
      const ids = Array.from({ length: desired }, (_, index) => pending(`i-${index}`));
      const [decision] = scaler.tick({ ...observe(at, ids), demand: { web: missing } });
      expect(decision?.kind).not.toMatch("terminate|replace");
      if (decision?.kind === "set-capacity") desired = decision.to;
    }
    expect(desired).toBe(3);
  });
});
