import type { LoadSecond, LoadSummary } from "@compose-fleet/load";
import type { FleetSnapshot, RecordedDecision } from "@compose-fleet/wh-api";
import { describe, expect, test } from "vitest";
import { isAtMinimum, type WatchDeps, watchRun } from "./watch-run.ts";

const load = { rps: 300, rampSeconds: 40, holdSeconds: 20, floorRps: 5 };
const total = { sent: 100, ok: 100, failed: 0, failedBy: {} };
const summary: LoadSummary = {
  type: "summary",
  elapsedMs: 1,
  total,
  p50Ms: 1,
  p95Ms: 1,
  p99Ms: 1,
  maxMs: 1,
  keepAliveRaces: 0,
  maxLagMs: 0,
  cpuMicrosPerRequest: 1,
};

const fleetOf = (workers: number, replicas: number, change: Partial<FleetSnapshot> = {}): FleetSnapshot => ({
  atMs: 0,
  hold: false,
  workers: { ready: workers, draining: 0, desired: workers, min: 1, max: 6 },
  replicas: Array.from({ length: workers }, (_, i) => ({
    worker: `i-${i}`,
    service: "service-a",
    ready: replicas,
    desired: replicas,
  })),
  blindSeconds: 0,
  ...change,
});

/** A fleet whose course is given by the second; time passes when the run sleeps. */
function world(
  course: (seconds: number) => {
    fleet: FleetSnapshot | Error;
    decisions?: RecordedDecision[];
    loadFails?: boolean;
    interrupt?: boolean;
  },
) {
  let nowMs = 1_000_000;
  const startMs = nowMs;
  const said: string[] = [];
  const stop = new AbortController();
  let onSecond: (second: LoadSecond) => void = () => {};
  let fail: (error: Error) => void = () => {};
  let end: () => void = () => {};
  const state = { loadStopped: false };
  const seconds = () => (nowMs - startMs) / 1000;
  const deps: WatchDeps = {
    wh: {
      status: async () => {
        const { fleet } = course(seconds());
        if (fleet instanceof Error) throw fleet;
        return fleet;
      },
      decisions: async () =>
        (course(seconds()).decisions ?? []).map((decision) => ({ ...decision, atMs: startMs + decision.atMs })),
    },
    startLoad: (listener) => {
      onSecond = listener;
      const finished = new Promise<LoadSummary>((resolve, reject) => {
        fail = reject;
        end = () => resolve(summary);
      });
      return {
        finished,
        stop: () => {
          state.loadStopped = true;
          end();
        },
      };
    },
    screen: { show: () => {}, say: (text) => said.push(text), end: () => {} },
    cpuTimes: async () => undefined,
    nowMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
      const now = course(seconds());
      if (now.loadFails) fail(new Error("generator broke"));
      if (now.interrupt) stop.abort();
      onSecond({
        type: "second",
        atMs: nowMs,
        elapsedMs: nowMs - startMs,
        targetRps: 100,
        inFlight: 0,
        p95Ms: 1,
        total,
      });
    },
    stop: stop.signal,
  };
  return { deps, said, state };
}

const options = { load, scaling: true, minReplicas: { "service-a": 1 } };

describe("a run", () => {
  test("ends when the fleet is back at its minimum for three seconds, and says when it got there", async () => {
    const { deps, state } = world((s) => ({ fleet: s < 20 ? fleetOf(1, 1) : s < 100 ? fleetOf(2, 5) : fleetOf(1, 1) }));
    const recording = await watchRun(deps, options);
    expect(recording.scaleInDoneSeconds).toBe(100);
    expect(state.loadStopped).toBe(true);
    expect(Math.max(...recording.samples.map((sample) => sample.workers))).toBe(2);
  });

  test("being at the minimum while the load is still up ends nothing", async () => {
    const { deps } = world(() => ({ fleet: fleetOf(1, 1) }));
    expect((await watchRun(deps, options)).scaleInDoneSeconds).toBe(65);
  });

  test("gives up after eight minutes", async () => {
    const { deps } = world(() => ({ fleet: fleetOf(2, 5) }));
    const recording = await watchRun(deps, options);
    expect(recording.scaleInDoneSeconds).toBeNull();
    expect(recording.samples.at(-1)?.atMs).toBe(1_000_000 + 480_000);
  });

  test("without scaling, lasts as long as the load and no longer", async () => {
    const { deps } = world(() => ({ fleet: fleetOf(1, 1) }));
    const recording = await watchRun(deps, { ...options, scaling: false });
    expect(recording.samples.at(-1)?.atMs).toBe(1_000_000 + 70_000);
    expect(recording.scaleInDoneSeconds).toBeNull();
  });

  test("records what was applied, once, with its reason; holds, failures and what was decided before are no actions", async () => {
    const decision = {
      id: "1",
      tick: 1,
      atMs: 5_000,
      target: "replicas/i-0/service-a",
      kind: "scale-containers",
      from: 1,
      to: 3,
      reason: { code: "load-needs-more", numbers: {} },
      text: "load",
      receipts: [],
    } as const;
    const { deps, said } = world((s) => ({
      fleet: fleetOf(1, 1),
      decisions: [
        {
          ...decision,
          id: "4",
          atMs: 7_000,
          outcome: { status: "failed", reason: "no", retryable: true, atMs: 7_000 },
        },
        { ...decision, id: "3", atMs: 6_000, kind: "hold", from: 3, to: 3 },
        s < 10 ? decision : { ...decision, outcome: { status: "applied", atMs: 5_500 } },
        { ...decision, id: "0", atMs: -1, outcome: { status: "applied", atMs: 5_500 } },
      ],
    }));
    const recording = await watchRun(deps, options);
    expect(recording.actions).toEqual([
      { atMs: 1_005_000, level: "containers", target: "i-0/service-a", from: 1, to: 3, reason: "load" },
    ]);
    expect(recording.decisions).toBe(3);
    expect(said).toEqual(["   7.0 s  i-0/service-a 1 -> 3: load [failed]", "   5.0 s  i-0/service-a 1 -> 3: load"]);
  });

  test("a scaler that is silent for a while is waited for, and its blind time counts", async () => {
    const { deps } = world((s) => ({
      fleet: s > 10 && s < 50 ? new Error("refused") : fleetOf(1, 1, { blindSeconds: s > 50 ? 7 : 2 }),
    }));
    expect((await watchRun(deps, options)).blindSeconds).toBe(5);
  });

  test.each<[string, Parameters<typeof world>[0], string]>([
    [
      "a scaler that stays silent",
      (s) => ({ fleet: s > 10 ? new Error("refused") : fleetOf(1, 1) }),
      "has not answered for 60 s: refused",
    ],
    ["a generator that fails", (s) => ({ fleet: fleetOf(1, 1), loadFails: s > 10 }), "generator broke"],
    ["an interrupt", (s) => ({ fleet: fleetOf(1, 1), interrupt: s > 10 }), "Interrupted"],
  ])("%s ends the run with its cause", async (_rule, course, cause) => {
    await expect(watchRun(world(course).deps, options)).rejects.toThrow(cause);
  });
});

describe("at the minimum", () => {
  const workers = { draining: 0, ready: 1, desired: 1, min: 1, max: 6 };
  test.each<[string, FleetSnapshot, boolean]>([
    ["one worker with one replica", fleetOf(1, 1), true],
    ["a replica too many", fleetOf(1, 2), false],
    ["a worker too many", fleetOf(2, 1), false],
    ["a worker that is still wanted", fleetOf(1, 1, { workers: { ...workers, desired: 2 } }), false],
    ["a worker that does not serve yet", fleetOf(1, 1, { workers: { ...workers, ready: 0 } }), false],
    ["replicas that nobody can see", fleetOf(1, 1, { replicas: [] }), false],
  ])("%s: %s", (_rule, fleet, expected) => {
    expect(isAtMinimum(fleet, { "service-a": 1 })).toBe(expected);
  });
});
