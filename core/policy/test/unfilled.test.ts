import { describe, expect, test } from "vitest";
import type { GroupObservation, Observation, WorkerObservation } from "../src/index.ts";
import { blindWorker, missing, observe, onWorkers, Scaler, worker } from "./world.ts";

/** `serving` workers that share the load, in a group that was asked for `desired` and got no more. */
const short = (serving: number, desired: number, load: number, change: Partial<GroupObservation> = {}) => {
  const ids = Array.from({ length: serving }, (_, index) => `i-${index + 1}`);
  return (at: number) =>
    observe(
      at,
      ids.map((id) => worker(id, load / serving, 10)),
      { desired, ...change },
    );
};
const pin = (workers: number) => [{ id: "p", kind: "pin-workers" as const, workers, by: "ann", expiresAtMs: 1e9 }];
const down = [{ id: "t", kind: "test", scale: "instances", direction: "down" }] as const;
const ENDS = /drain-worker|terminate-worker|replace-worker/;

describe("what was asked for and does not exist goes first", () => {
  test("four asked for, two to be had, load for two: the desired capacity goes down and nobody is drained", () => {
    const scaler = new Scaler();
    const world = short(2, 4, 1400, { failedLaunches: 2, lastFailedLaunchAtMs: 0 });
    expect(onWorkers(scaler.watch(0, 15, world))).toMatch("hold");
    expect(onWorkers(scaler.tick(world(20)))).toBe("set-capacity 4>2 launches-given-up");
    const after = short(2, 2, 1400, { failedLaunches: 2, lastFailedLaunchAtMs: 0 });
    expect(onWorkers(scaler.watch(25, 900, after))).toBe("hold steady");
  });

  test("without failures it goes by the window, as for workers, and at once to the number", () => {
    const scaler = new Scaler();
    expect(onWorkers(scaler.watch(0, 295, short(2, 5, 1400)))).toBe("hold window-holds");
    expect(onWorkers(scaler.tick(short(2, 5, 1400)(300)))).toBe("set-capacity 5>2 load-needs-fewer");
  });

  test("load for more than exists, and launches that fail: nothing more is asked for, which is told apart from a rest", () => {
    const scaler = new Scaler();
    const failing = { failedLaunches: 2, lastFailedLaunchAtMs: 0, launchProblem: "no capacity" };
    scaler.watch(0, 15, short(2, 4, 3500, failing));
    const [decision] = scaler.tick(short(2, 4, 3500, failing)(20));
    expect(decision).toMatchObject({
      kind: "set-capacity",
      to: 2,
      reason: { numbers: { awsSays: expect.stringContaining("no capacity") } },
    });
    expect(onWorkers(scaler.tick(short(2, 2, 3500, failing)(25)))).toBe("hold failed-launch-limit");
  });

  test("load for all that was asked for, and no failure yet: it waits and says what AWS says", () => {
    const [decision] = new Scaler().tick(short(2, 4, 3500, { suspended: ["Launch"] })(0));
    expect(decision).toMatchObject({
      kind: "hold",
      reason: {
        code: "unfilled",
        numbers: { desired: 4, exists: 2, awsSays: expect.stringMatching(/Launch is suspended/) },
      },
    });
  });

  test("never below min: AWS goes on trying, and the only worker stays", () => {
    const scaler = new Scaler();
    const world = short(1, 2, 10, { min: 2, failedLaunches: 5, lastFailedLaunchAtMs: 0 });
    expect(onWorkers(scaler.watch(0, 3600, world))).toMatch("hold");
  });

  test.each<[string, (at: number) => Observation, object, string]>([
    ["a step-down test alert", short(2, 4, 100), { signals: down }, "set-capacity 4>3 test-step"],
    ["a pin", short(2, 4, 1400), { overrides: pin(2) }, "set-capacity 4>2 pinned"],
    ["a pin below what exists", short(3, 5, 1400), { overrides: pin(2) }, "set-capacity 5>3 pinned"],
    ["a lowered maximum", short(2, 4, 1400, { max: 3 }), {}, "set-capacity 4>3 above-max"],
    ["a maximum below what exists", short(3, 4, 100, { max: 2 }), {}, "set-capacity 4>3 above-max"],
  ])("%s takes it back before any worker goes", (_rule, world, asked, expected) => {
    const scaler = new Scaler();
    // Just asked for: the launch may still show.
    expect(onWorkers(scaler.watch(0, 15, world, asked))).toBe("hold worker-booting");
    expect(onWorkers(scaler.tick(world(20), asked))).toBe(expected);
  });

  test.each([
    ["a member that boots exists", { state: "pending" as const, up: false as const }, 3],
    ["one that is on its way out does not", { state: "terminating" as const }, 2],
    ["one in Standby does not", { state: "aside" as const, lifecycle: "Standby" }, 2],
    ["one whose state nobody knows may", { state: "aside" as const, lifecycle: "Novel", mayCount: true }, 3],
  ])("%s", (_rule, change, to) => {
    const scaler = new Scaler();
    const world = (at: number) =>
      observe(at, [worker("i-1", 700, 10), worker("i-2", 700, 10), worker("i-3", 0, 1, change)], {
        desired: 5,
        failedLaunches: 2,
      });
    expect(onWorkers(scaler.watch(0, 20, world))).toBe(`set-capacity 5>${to} launches-given-up`);
  });
});

describe("a group that launches by itself in place of each launch that its hook abandons", () => {
  /** One serves, more are asked for; `booting` are on their way since `launchedAt` (s), two failed before at 100 s. */
  const relaunching =
    (booting: readonly { id: string; launchedAt: number }[], change: Partial<GroupObservation> = {}) =>
    (at: number) =>
      observe(
        at,
        [
          worker("i-1", 1000, 10),
          ...booting.map(({ id, launchedAt }) =>
            worker(id, 0, 1, { state: "pending", isLaunching: true, up: false, launchedAtMs: launchedAt * 1000 }),
          ),
        ],
        { failedLaunches: 2, lastFailedLaunchAtMs: 100_000, ...change },
      );

  test.each<[string, (at: number) => Observation, RegExp]>([
    [
      "goes on by name, without a successor",
      relaunching([{ id: "i-2", launchedAt: 101 }]),
      /^terminate-worker i-2 2>1 launches-given-up/,
    ],
    [
      "one after the other",
      relaunching([
        { id: "i-2", launchedAt: 101 },
        { id: "i-3", launchedAt: 102 },
      ]),
      /^terminate-worker i-3 3>2 launches-given-up/,
    ],
    [
      "also while others are on the way out",
      (at) => {
        const { group, ...rest } = relaunching([{ id: "i-3", launchedAt: 101 }])(at);
        if (!group.ok) throw new Error(group.problem);
        const gone = worker("i-2", 0, 1, { state: "terminating", up: false });
        return { ...rest, group: { ok: true, value: { ...group.value, workers: [...group.value.workers, gone] } } };
      },
      /^terminate-worker i-3 2>1 launches-given-up/,
    ],
    ["not where somebody asked for it later", relaunching([{ id: "i-2", launchedAt: 281 }]), /^hold /],
    ["not below min", relaunching([{ id: "i-2", launchedAt: 101 }], { min: 2 }), /^hold /],
    ["not before the limit", relaunching([{ id: "i-2", launchedAt: 101 }], { failedLaunches: 1 }), /^hold /],
    [
      "not while ending is suspended",
      relaunching([{ id: "i-2", launchedAt: 101 }], { suspended: ["Terminate"] }),
      /^hold /,
    ],
  ])("%s", (_rule, world, expected) => {
    expect(onWorkers(new Scaler(undefined, 99).tick(world(105)))).toMatch(expected);
  });
});

describe("nobody is drained while fewer serve than are needed, or than min", () => {
  const dead = blindWorker("i-3");
  test.each<[string, (at: number) => Observation, object]>([
    [
      "one of three dies while two are needed",
      (at) => observe(at, [worker("i-1", 700, 10), worker("i-2", 700, 10), dead]),
      {},
    ],
    [
      "one of three cannot be read and two are the minimum",
      (at) => observe(at, [worker("i-1", 10, 1), worker("i-2", 10, 1), { ...dead, up: "unknown" }], { min: 2 }),
      {},
    ],
    [
      "a step-down test alert with two of three serving",
      (at) => observe(at, [worker("i-1", 700, 10), worker("i-2", 700, 10), dead]),
      { signals: down },
    ],
  ])("%s", (_rule, world, asked) => {
    const scaler = new Scaler();
    for (let at = 0; at <= 600; at += 5)
      expect(onWorkers(scaler.tick(world(at), asked))).not.toMatch(/drain-worker|terminate-worker/);
  });

  test("a worker that drains comes back when another one dies", () => {
    const scaler = new Scaler();
    const three = (load: number, change: Partial<WorkerObservation>, last: WorkerObservation) => (at: number) =>
      observe(at, [worker("i-1", 0, 1, change), worker("i-2", load, 8), last]);
    const world = three(600, { draining: true }, worker("i-3", 600, 8));
    expect(onWorkers(scaler.watch(0, 10, world))).toBe("hold draining");
    expect(onWorkers(scaler.tick(three(1200, { draining: true }, dead)(12)))).toBe(
      "cancel-drain i-1 1>2 too-few-serve",
    );
  });

  test("what drained is not ended while the others cannot be read", () => {
    const scaler = new Scaler();
    const other = { ...blindWorker("i-2"), up: "unknown" as const };
    const world = (at: number) => ({
      ...observe(at, [worker("i-1", 0, 1, { draining: true }), other]),
      demand: { web: { ok: true as const, value: 0 } },
    });
    for (let at = 0; at <= 1200; at += 5) expect(onWorkers(scaler.tick(world(at)))).not.toMatch(ENDS);
  });
});

describe("a process of the group is suspended", () => {
  const quiet = (suspended: string[]) => (at: number) =>
    observe(at, [worker("i-1", 10, 1), worker("i-2", 10, 1), worker("i-3", 10, 1)], { suspended });
  test.each(["Launch", "Terminate", "AddToLoadBalancer"])("%s: nobody is drained, ended or replaced", (process) => {
    expect(onWorkers(new Scaler().watch(0, 400, quiet([process])))).toBe("hold process-suspended");
    const withDead = (at: number) =>
      observe(at, [worker("i-1", 500, 9), worker("i-2", 500, 9), blindWorker("i-3")], { suspended: [process] });
    expect(onWorkers(new Scaler().watch(0, 400, withDead))).toBe("hold process-suspended");
  });

  test("what does not end or launch anybody changes nothing", () => {
    expect(onWorkers(new Scaler().watch(0, 300, quiet(["AZRebalance", "AlarmNotification"])))).toMatch("drain-worker");
  });

  test("scaling out is asked for all the same: the group makes up for it", () => {
    expect(onWorkers(new Scaler().tick(short(2, 2, 3500, { suspended: ["Launch"] })(0)))).toBe(
      "set-capacity 2>4 load-needs-more",
    );
  });
});

describe("a wait after a failed launch is by our own clock", () => {
  test("AWS's clock is an hour ahead: the wait is as long as ever", () => {
    const scaler = new Scaler();
    const world = short(1, 1, 1500, { failedLaunches: 1, lastFailedLaunchAtMs: 3_600_000 });
    expect(onWorkers(scaler.watch(0, 175, world))).toBe("hold failed-launch-wait");
    expect(onWorkers(scaler.tick(world(180)))).toBe("set-capacity 1>2 load-needs-more");
  });
});

test("no data takes nothing back", () => {
  const scaler = new Scaler();
  const world = (at: number) => ({ ...short(2, 4, 100)(at), demand: { web: missing } });
  expect(onWorkers(scaler.watch(0, 900, world))).toMatch("hold");
});
