import { describe, expect, test } from "vitest";
import {
  type GroupReading,
  type MemberDescription,
  nobodySeen,
  type Observation,
  observe,
  QUANTITIES,
  type Quantity,
  type RawWorker,
  type SeenWorkers,
} from "../src/index.ts";
import { fleetConfig } from "./world.ts";

const service = { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 } };
const config = fleetConfig({
  services: { "service-a": service, "service-b": { ...service, path: "/b/", port: 81 } },
  scaling: { workers: { bootSeconds: 300 } },
});

const healthy: RawWorker = {
  up: 1,
  requests: new Map([
    ["service-a", 40],
    ["internal", 2],
  ]),
  seconds: new Map([["service-a", 0.1]]),
  arrivals: 42,
  open: 4,
  replicas: new Map([["service-a", 3]]),
  cpu: 0.5,
  draining: 0,
};
const timeout = "Prometheus cannot be read: timeout";
const none = new Map<string, number>();
const member = (change: Partial<MemberDescription> = {}): MemberDescription => ({
  id: "i-1",
  zone: "eu-central-1a",
  state: "in-service",
  launchedAtMs: 0,
  ...change,
});
const group = (...members: MemberDescription[]): GroupReading => ({
  ok: true,
  value: { desired: members.length, min: 1, max: 6, members, failedLaunches: 0 },
});

/** What was answered of `i-1` and of the demand of `service-a`; `failed` queries have no answer. */
interface Answered extends RawWorker {
  readonly demand?: number | undefined;
  readonly failed?: readonly Quantity[];
}
interface Around {
  readonly seen?: SeenWorkers;
  readonly group?: GroupReading;
  readonly others?: Readonly<Record<string, RawWorker>>;
}
function look(answered: Answered = {}, around: Around = {}) {
  const { demand, failed = [], ...raw } = { ...healthy, demand: 39, ...answered };
  const isAnswered = (name: string) => !failed.some((quantity) => quantity === name);
  const answers = Object.fromEntries(Object.entries(raw).filter(([name]) => isAnswered(name)));
  const metrics = {
    workers: new Map([["i-1", answers], ...Object.entries(around.others ?? {})]),
    demand: new Map(demand === undefined || !isAnswered("demand") ? [] : [["service-a", demand]]),
    problems: Object.fromEntries(failed.map((quantity) => [quantity, timeout])),
  };
  return observe(
    config,
    { atMs: 1_000_000, group: around.group ?? group(member()), metrics },
    around.seen ?? nobodySeen,
  );
}
const observed = (answered?: Answered, around?: Around) => look(answered, around).observation;
const workerOf = (observation: Observation) => {
  if (!observation.group.ok || !observation.group.value.workers[0]) throw new Error("no worker");
  return observation.group.value.workers[0];
};
const failed = (...quantities: Quantity[]): Answered => ({ failed: quantities });
const ok = (value: number) => ({ ok: true, value });
const not = (problem: RegExp) => ({ ok: false, problem: expect.stringMatching(problem) });

test("a healthy worker with all its numbers", () => {
  expect(workerOf(observed())).toMatchObject({
    state: "in-service",
    up: true,
    cpuRatio: ok(0.5),
    arrivalsPerSecond: ok(42),
    completionsPerSecond: ok(42),
    openRequests: ok(3),
    services: { "service-a": { requestsPerSecond: ok(40), meanSeconds: ok(0.1), replicasReady: ok(3) } },
  });
  expect(observed().demand["service-a"]).toEqual(ok(39));
});

describe("an absent request rate", () => {
  test("is 0 while the log reader counts other requests of the worker", () => {
    const observation = observed();
    expect(workerOf(observation).services["service-b"]?.requestsPerSecond).toEqual(ok(0));
    expect(observation.demand["service-b"]).toEqual(ok(0));
  });

  test("is 0 on an idle worker where nothing has been counted yet", () => {
    const observation = observed({ requests: none, arrivals: 0.4, demand: undefined });
    expect(workerOf(observation).services["service-a"]?.requestsPerSecond).toEqual(ok(0));
    expect(observation.demand["service-a"]).toEqual(ok(0));
  });

  test("is unreadable when requests arrive and none is counted: the log reader is dead", () => {
    const observation = observed({ requests: none, demand: undefined });
    expect(workerOf(observation).services["service-a"]?.requestsPerSecond).toEqual(not(/missing or too old/));
    expect(workerOf(observation).completionsPerSecond).toEqual(not(/missing or too old/));
    expect(observation.demand["service-a"]).toEqual(not(/missing or too old/));
  });

  test("is unreadable when the worker sends nothing at all", () => {
    const observation = observed({ requests: none, arrivals: undefined, demand: undefined });
    expect(workerOf(observation).services["service-a"]?.requestsPerSecond).toEqual(not(/missing or too old/));
  });

  test("is unreadable when the query failed", () => {
    expect(workerOf(observed({ failed: ["requests"] })).services["service-b"]?.requestsPerSecond).toEqual(
      not(/timeout/),
    );
  });
});

describe("numbers that are none", () => {
  test.each([
    ["NaN", Number.NaN, /NaN/],
    ["+Inf", Number.POSITIVE_INFINITY, /infinite/],
    ["-Inf", Number.NEGATIVE_INFINITY, /infinite/],
    ["a negative one", -1, /negative/],
  ])("%s is never a reading", (_rule, value, problem) => {
    const observation = observed({
      requests: new Map([["service-a", value]]),
      cpu: value,
      replicas: new Map([["service-a", value]]),
      leaving: new Map([["service-a", value]]),
      replicaCpu: new Map([["service-a", value]]),
      replicasTimed: new Map([["service-a", value]]),
      arrivals: value,
      seconds: new Map([["service-a", value]]),
      demand: value,
    });
    const worker = workerOf(observation);
    for (const reading of [
      worker.cpuRatio,
      worker.arrivalsPerSecond,
      worker.completionsPerSecond,
      ...Object.values(worker.services["service-a"] ?? {}),
      observation.demand["service-a"],
    ]) {
      expect(reading).toEqual(not(problem));
    }
  });

  test("a stale gauge is absent from its window, so it is unreadable and never 0", () => {
    const worker = workerOf(observed({ replicas: none, cpu: undefined }));
    expect(worker.services["service-a"]?.replicasReady).toEqual(not(/missing or too old/));
    expect(worker.cpuRatio).toEqual(not(/missing or too old/));
  });
});

describe("whether a worker is up", () => {
  test.each<[string, Answered, boolean | "unknown"]>([
    ["its scrape target answers", {}, true],
    ["it does not", { up: 0 }, false],
    ["the query failed: nobody knows", failed("up"), "unknown"],
    ["its scrape target is not listed: nobody knows", { up: undefined }, "unknown"],
    ["the sample is no number: nobody knows", { up: Number.NaN }, "unknown"],
  ])("%s", (_rule, metrics, up) => {
    expect(workerOf(observed(metrics, { seen: { ...nobodySeen, up: new Set(["i-1"]) } })).up).toBe(up);
  });
});

describe("the demand of workers that Prometheus does not see up", () => {
  const seen = { seen: { ...nobodySeen, up: new Set(["i-1"]) } };
  test.each([
    ["is in it by their own word", { up: 0, demand: undefined }, ok(40)],
    ["also when nobody knows", { up: undefined, demand: undefined }, ok(40)],
    ["and counted once when the query saw them", failed("up"), ok(40)],
    ["not when their word is missing", { up: 0, demand: undefined, requests: none }, not(/missing/)],
  ])("%s", (_rule, metrics, demand) => {
    expect(observed(metrics, seen).demand["service-a"]).toEqual(demand);
  });
});

describe("a worker drains", () => {
  const seen = { seen: { ...nobodySeen, draining: new Set(["i-1"]) } };
  test.each([
    ["when it says so", { draining: 1 }, {}, true],
    ["not when it says no, whatever it said before", {}, seen, false],
    ["still, when it cannot be asked and said so before", { draining: undefined }, seen, true],
    ["still, when Prometheus cannot be read", failed("draining"), seen, true],
    ["not when it was never seen to", { draining: undefined }, {}, false],
  ])("%s", (_rule, metrics, change, draining) => {
    expect(workerOf(observed(metrics, change)).draining).toBe(draining);
  });
});

test("a worker that the group waits for is marked", () => {
  const waiting = group(member({ state: "terminating", awaitsHook: true }));
  expect(workerOf(observed({}, { group: waiting }))).toMatchObject({ state: "terminating", awaitsHook: true });
  expect(workerOf(observed())).not.toHaveProperty("awaitsHook");
});

describe("the state of a worker", () => {
  const down = { up: 0 };
  test.each([
    ["InService and up: in-service", {}, {}, member(), "in-service"],
    ["InService, never up yet: pending", down, {}, member(), "pending"],
    [
      "InService, was up before: in-service",
      down,
      { seen: { ...nobodySeen, up: new Set(["i-1"]) } },
      member(),
      "in-service",
    ],
    ["InService, target not discovered yet: pending", { up: undefined }, {}, member(), "pending"],
    ["blind since a restart, launched long ago: in-service", failed("up"), {}, member(), "in-service"],
    [
      "blind since a restart, launched just now: pending",
      failed("up"),
      {},
      member({ launchedAtMs: 900_000 }),
      "pending",
    ],
    ["Pending, although something answers: pending", {}, {}, member({ state: "pending" }), "pending"],
    ["terminating stays terminating", {}, {}, member({ state: "terminating" }), "terminating"],
  ])("%s", (_rule, metrics, change, described, state) => {
    expect(workerOf(observed(metrics, { ...change, group: group(described) })).state).toBe(state);
  });
});

test("an empty group is an observation with no workers, whose absent demand is unknown", () => {
  const observation = observed({ demand: undefined }, { group: group() });
  expect(observation.group).toMatchObject({ ok: true, value: { workers: [] } });
  expect(observation.demand["service-a"]).toEqual(not(/missing or too old/));
});

test("series of workers that are not in the group are left out", () => {
  const observation = observed({}, { others: { "i-gone": { requests: new Map([["service-a", 9]]) } } });
  expect(observation.group.ok && observation.group.value.workers.map(({ id }) => id)).toEqual(["i-1"]);
});

test("metrics are readable if any query was answered, and not when none was", () => {
  expect(observed({ failed: ["cpu"] }).metricsReadable).toBe(true);
  expect(observed({ failed: QUANTITIES }).metricsReadable).toBe(false);
});

test("an unreadable group keeps its problem", () => {
  expect(observed({}, { group: { ok: false, problem: "no such group" } }).group).toEqual({
    ok: false,
    problem: "no such group",
  });
});

describe("what is remembered for the next look", () => {
  test("who has been up stays in service while its scrape target is silent, until it leaves the group", () => {
    const first = look();
    expect(first.seen.up).toEqual(new Set(["i-1"]));
    expect(workerOf(observed({ up: 0 }, { seen: first.seen })).state).toBe("in-service");
    const gone = look({}, { seen: first.seen, group: group() });
    expect(workerOf(observed({ up: 0 }, { seen: gone.seen })).state).toBe("pending");
  });

  test("nothing changes while the group cannot be read", () => {
    const seen = { up: new Set(["i-1"]), draining: new Set(["i-2"]) };
    expect(look({}, { seen, group: { ok: false, problem: "throttled" } }).seen).toEqual(seen);
  });
});
