import type { FleetConfig } from "@compose-fleet/fleet";
import { describe, expect, test } from "vitest";
import { emptyMemory, renderReason, type WorkerObservation } from "../src/index.ts";
import { blindWorker, fleetConfig, missing, observe, ok, onReplicas, onWorkers, Scaler, worker } from "./world.ts";

const draining = { draining: true };
const NIGHTLY = { service: "web", command: ["tidy"], schedule: "0 3 * * *" };

/** Two workers of which the first is told to drain at 300 s, for lack of load. */
function drainingAt300(change: Partial<FleetConfig> = {}): Scaler {
  const scaler = new Scaler({ ...fleetConfig(), ...change });
  const last = scaler.watch(0, 300, (at) => observe(at, [worker("i-1", 10, 1), worker("i-2", 20, 1)]));
  expect(onWorkers(last)).toBe("drain-worker i-1 2>1 load-needs-fewer");
  return scaler;
}
/** `i-1` drains and serves `left` req/s, `i-2` serves `load`. */
const pair = (at: number, left: number, load: number, first: Partial<WorkerObservation> = draining) =>
  observe(at, [worker("i-1", left, 1, first), worker("i-2", load, 1)]);

describe("a worker is taken out of service before it ends", () => {
  test("drain → waits while requests arrive → quiet for 15 s → terminate", () => {
    const scaler = drainingAt300();
    expect(onWorkers(scaler.tick(pair(305, 10, 20)))).toBe("hold draining");
    expect(onWorkers(scaler.tick(pair(310, 1, 29)))).toBe("hold draining");
    expect(onWorkers(scaler.tick(pair(315, 0, 30)))).toBe("hold draining");
    expect(onWorkers(scaler.tick(pair(325, 0, 30)))).toBe("hold draining");
    expect(onWorkers(scaler.tick(pair(330, 0, 30)))).toBe("terminate-worker i-1 2>1 drain-quiet");
  });

  test("a single request starts the quiet anew", () => {
    const scaler = drainingAt300();
    scaler.watch(305, 315, (at) => pair(at, 0, 30));
    scaler.tick(pair(318, 0.2, 30));
    expect(onWorkers(scaler.watch(320, 330, (at) => pair(at, 0, 30)))).toBe("hold draining");
    expect(onWorkers(scaler.tick(pair(335, 0, 30)))).toBe("terminate-worker i-1 2>1 drain-quiet");
  });

  test("a stream that is open is no quiet, although no request comes or ends, until it ends or the deadline comes", () => {
    const stream = (open: number) => ({ ...draining, openRequests: ok(open) });
    const scaler = drainingAt300();
    const last = scaler.watch(305, 400, (at) => pair(at, 0, 30, stream(3)));
    expect(onWorkers(last)).toBe("hold draining");
    expect(last.flatMap((one) => renderReason(one.reason)).join()).toContain("; 3 requests are open");
    expect(onWorkers(scaler.watch(405, 415, (at) => pair(at, 0, 30, stream(0))))).toBe("hold draining");
    expect(onWorkers(scaler.tick(pair(420, 0, 30, stream(0))))).toBe("terminate-worker i-1 2>1 drain-quiet");
    const other = drainingAt300();
    expect(onWorkers(other.watch(305, 1195, (at) => pair(at, 0, 30, stream(1))))).toBe("hold draining");
    expect(onWorkers(other.tick(pair(1205, 0, 30, stream(1))))).toBe("terminate-worker i-1 2>1 drain-deadline");
  });

  test("a job that runs is no quiet: it ends first, in the time that the longest job of the fleet has", () => {
    const running = (jobs: number) => ({ ...draining, runningJobs: ok(jobs) });
    const withJob = () => drainingAt300({ jobs: { nightly: { ...NIGHTLY, timeout: 1800 } } });
    const scaler = withJob();
    expect(onWorkers(scaler.watch(305, 1500, (at) => pair(at, 0, 30, running(1))))).toBe("hold draining");
    scaler.watch(1505, 1515, (at) => pair(at, 0, 30, running(0)));
    expect(onWorkers(scaler.tick(pair(1520, 0, 30, running(0))))).toBe("terminate-worker i-1 2>1 drain-quiet");
    const endless = withJob();
    expect(onWorkers(endless.watch(305, 2095, (at) => pair(at, 0, 30, running(1))))).toBe("hold draining");
    expect(onWorkers(endless.tick(pair(2105, 0, 30, running(1))))).toBe("terminate-worker i-1 2>1 drain-deadline");
  });

  test("whether a job runs cannot be read: that is not quiet", () => {
    const scaler = drainingAt300();
    const blind = { ...draining, runningJobs: missing };
    expect(onWorkers(scaler.watch(305, 400, (at) => pair(at, 0, 30, blind)))).toBe("hold draining");
  });

  test("how many requests are open cannot be read: that is not quiet", () => {
    const scaler = drainingAt300();
    const blind = { ...draining, openRequests: missing };
    expect(onWorkers(scaler.watch(305, 400, (at) => pair(at, 0, 30, blind)))).toBe("hold draining");
  });

  test("quiet before the worker itself says that it drains does not count", () => {
    const scaler = drainingAt300();
    scaler.watch(305, 315, (at) => pair(at, 0, 30, { draining: false }));
    expect(onWorkers(scaler.tick(pair(320, 0, 30)))).toBe("hold draining");
    expect(onWorkers(scaler.tick(pair(335, 0, 30)))).toBe("terminate-worker i-1 2>1 drain-quiet");
  });

  test("at the deadline it ends although requests still arrive", () => {
    const scaler = drainingAt300();
    expect(onWorkers(scaler.watch(305, 1195, (at) => pair(at, 5, 20)))).toBe("hold draining");
    expect(onWorkers(scaler.tick(pair(1205, 5, 20)))).toBe("terminate-worker i-1 2>1 drain-deadline");
  });

  test("a draining worker that cannot be read is not quiet", () => {
    const scaler = drainingAt300();
    const blind = {
      ...draining,
      services: { web: { requestsPerSecond: missing, meanSeconds: missing, replicasReady: ok(1) } },
    };
    expect(onWorkers(scaler.watch(305, 400, (at) => pair(at, 0, 30, blind)))).toBe("hold draining");
  });

  test("Prometheus that does not answer holds, also past the deadline, and its quiet starts anew", () => {
    const scaler = drainingAt300();
    scaler.watch(305, 310, (at) => pair(at, 0, 30));
    const blind = (at: number) => ({ ...pair(at, 0, 30), metricsReadable: false, demand: { web: missing } });
    expect(onWorkers(scaler.watch(315, 1300, blind))).toBe("hold metrics-blind");
  });

  test("one that dies while it drains is ended without waiting for the deadline", () => {
    const scaler = drainingAt300();
    scaler.tick(pair(305, 10, 20));
    const dead = (at: number) => observe(at, [{ ...blindWorker("i-1"), ...draining }, worker("i-2", 30, 1)]);
    expect(onWorkers(scaler.watch(310, 365, dead))).toBe("hold draining");
    expect(onWorkers(scaler.tick(dead(370)))).toBe("terminate-worker i-1 2>1 drain-dead");
  });

  test("one that is gone meanwhile is forgotten", () => {
    const scaler = drainingAt300();
    scaler.tick(pair(305, 0, 30));
    expect(onWorkers(scaler.tick(observe(310, [worker("i-2", 30, 1)])))).toBe("hold steady");
    expect(scaler.memory.watched).not.toHaveProperty("i-1");
  });
});

describe("load that returns", () => {
  test("cancels the drain at once, before any launch; then launches what is still missing", () => {
    const scaler = drainingAt300();
    scaler.tick(pair(305, 100, 900));
    const fresh = drainingAt300();
    expect(onWorkers(fresh.tick(pair(305, 500, 2200)))).toBe("cancel-drain i-1 1>2 load-needs-more");
    expect(onWorkers(fresh.tick(pair(310, 500, 2200)))).toBe("set-capacity 2>3 load-needs-more");
  });

  test("a cancel that did not take effect is given again", () => {
    const scaler = drainingAt300();
    expect(onWorkers(scaler.tick(pair(305, 500, 900)))).toBe("cancel-drain i-1 1>2 load-needs-more");
    expect(onWorkers(scaler.tick(pair(310, 500, 900)))).toBe("hold steady");
    expect(onWorkers(scaler.tick(pair(325, 500, 900)))).toBe("cancel-drain i-1 1>2 load-needs-more");
  });

  test("a drain that did not take effect is decided again, on the same worker", () => {
    const scaler = drainingAt300();
    const deaf = (at: number) => pair(at, 10, 20, {});
    expect(onWorkers(scaler.watch(305, 315, deaf))).toBe("hold draining");
    expect(onWorkers(scaler.tick(deaf(320)))).toBe("drain-worker i-1 2>1 load-needs-fewer");
  });

  test("after a failed launch the drain is cancelled all the same", () => {
    const scaler = drainingAt300();
    const failed = { ...pair(305, 500, 900) };
    if (!failed.group.ok) throw new Error("unreadable");
    const group = { ok: true as const, value: { ...failed.group.value, failedLaunches: 2, lastFailedLaunchAtMs: 0 } };
    expect(onWorkers(scaler.tick({ ...failed, group }))).toBe("cancel-drain i-1 1>2 load-needs-more");
  });

  test("does not wait for a dead one: it launches", () => {
    const scaler = drainingAt300();
    const dead = (load: number) => (at: number) =>
      observe(at, [{ ...blindWorker("i-1"), ...draining }, worker("i-2", load, 1)]);
    scaler.watch(305, 365, dead(30));
    expect(onWorkers(scaler.tick(dead(1500)(370)))).toBe("set-capacity 2>3 load-needs-more");
  });
});

describe("while a worker drains", () => {
  test("it is no target of containers", () => {
    const decisions = new Scaler().tick(pair(0, 500, 30));
    expect(onReplicas(decisions, "i-1")).toBe("none");
    expect(onReplicas(decisions, "i-2")).toBe("hold steady");
  });

  test("its CPU and its place are no capacity", () => {
    const hot = observe(0, [
      worker("i-1", 1, 1, { ...draining, cpuRatio: ok(0.01) }),
      worker("i-2", 1, 1, { cpuRatio: ok(0.9) }),
    ]);
    expect(onWorkers(new Scaler().tick(hot))).toBe("cancel-drain i-1 1>2 cpu-needs-more");
  });

  test("no second worker drains, however little load there is", () => {
    const scaler = new Scaler();
    const three = (at: number, first: object) =>
      observe(at, [worker("i-1", 5, 1, first), worker("i-2", 20, 1), worker("i-3", 20, 1)]);
    expect(onWorkers(scaler.watch(0, 300, (at) => three(at, {})))).toBe("drain-worker i-1 3>2 load-needs-fewer");
    expect(onWorkers(scaler.watch(305, 700, (at) => three(at, draining)))).toBe("hold draining");
  });

  test("after a restart the world says who drains, quiet and deadline start anew", () => {
    const scaler = drainingAt300();
    scaler.tick(pair(305, 0, 30));
    scaler.memory = emptyMemory(310_000);
    expect(onWorkers(scaler.watch(310, 320, (at) => pair(at, 0, 30)))).toBe("hold draining");
    expect(onWorkers(scaler.tick(pair(325, 0, 30)))).toBe("terminate-worker i-1 2>1 drain-quiet");
  });

  test("a clock that jumps ahead does not end it", () => {
    const scaler = drainingAt300();
    scaler.tick(pair(305, 0, 30));
    expect(onWorkers(scaler.tick(pair(3905, 0, 30)))).toBe("hold draining");
  });

  test("an instance refresh lets nothing end", () => {
    const scaler = drainingAt300();
    const refreshing = (at: number) =>
      observe(at, [worker("i-1", 0, 1, draining), worker("i-2", 30, 1)], { busyWith: "an instance refresh" });
    expect(onWorkers(scaler.watch(305, 400, refreshing))).toBe("hold group-busy");
  });

  test("a pin above what serves brings it back", () => {
    const scaler = drainingAt300();
    const pin = { id: "p", kind: "pin-workers" as const, workers: 2, by: "ann", expiresAtMs: 1e9 };
    expect(onWorkers(scaler.tick(pair(305, 0, 30), { overrides: [pin] }))).toBe("cancel-drain i-1 1>2 pinned");
  });
});

describe("a worker that stays unhealthy", () => {
  const withDead = (at: number) => observe(at, [blindWorker("i-1"), worker("i-2", 500, 5), worker("i-3", 500, 5)]);

  test("is replaced once it has not answered for 60 s, and the number of workers stays", () => {
    const scaler = new Scaler();
    expect(onWorkers(scaler.watch(0, 55, withDead))).toMatch("hold");
    const [decision] = scaler.tick(withDead(60));
    expect(decision).toMatchObject({ kind: "replace-worker", worker: "i-1", from: 3, to: 3 });
    expect(decision && renderReason(decision.reason)).toBe("i-1 has not answered for 60 s: replaced");
  });

  test("answers once in between: the count starts anew", () => {
    const scaler = new Scaler();
    scaler.watch(0, 50, withDead);
    scaler.tick(observe(55, [worker("i-1", 1, 1), worker("i-2", 500, 5), worker("i-3", 500, 5)]));
    expect(onWorkers(scaler.watch(60, 115, withDead))).not.toMatch("replace");
  });

  test.each([
    [
      "one at a time: not while another is on its way out",
      (at: number) =>
        observe(at, [blindWorker("i-1"), worker("i-2", 0, 0, { state: "terminating" }), worker("i-3", 500, 5)]),
      "hold",
    ],
    [
      "not when most others cannot be read either: then the monitoring is blind",
      (at: number) => observe(at, [blindWorker("i-1"), blindWorker("i-2"), worker("i-3", 500, 5)]),
      "hold",
    ],
    [
      "not while Prometheus cannot be read",
      (at: number) => ({ ...withDead(at), metricsReadable: false, demand: { web: missing } }),
      "hold metrics-blind",
    ],
    [
      "not during an instance refresh",
      (at: number) => observe(at, [blindWorker("i-1"), worker("i-2", 500, 5)], { busyWith: "an instance refresh" }),
      "hold group-busy",
    ],
    [
      "with one other worker that answers, it is replaced",
      (at: number) => observe(at, [blindWorker("i-1"), worker("i-2", 500, 5)]),
      "replace-worker i-1 2>2 unhealthy",
    ],
    [
      "alone, nobody tells whether it is dead: one more is launched beside it",
      (at: number) => observe(at, [blindWorker("i-1")]),
      "set-capacity 1>2 unhealthy-alone",
    ],
    [
      "alone, and the other is booting: it waits",
      (at: number) => observe(at, [blindWorker("i-1"), worker("i-2", 0, 0, { state: "pending" })]),
      "hold",
    ],
  ])("%s", (_rule, at, expected) => {
    expect(onWorkers(new Scaler().watch(0, 100, at))).toMatch(expected);
  });
});
