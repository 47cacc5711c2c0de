import { nobodySeen } from "@compose-fleet/policy";
import { describe, expect, test } from "vitest";
import { type AssembleInput, assembleObservation } from "./assemble.ts";
import type { QueryResult, Sample } from "./metrics-reader.ts";
import type { QueryName } from "./queries.ts";
import type { GroupReading, MemberDescription } from "./worker-group.ts";

const at = (labels: Record<string, string>, value: number): Sample => ({ labels, value });
const vector = (...samples: Sample[]): QueryResult => ({ ok: true, samples });
const failed: QueryResult = { ok: false, problem: "Prometheus cannot be read: timeout" };
const w = { worker: "i-1" };
const ws = { worker: "i-1", service: "service-a" };

const healthy: Record<QueryName, QueryResult> = {
  up: vector(at(w, 1)),
  requests: vector(at(ws, 40), at({ worker: "i-1", service: "internal" }, 2)),
  seconds: vector(at(ws, 0.1)),
  arrivals: vector(at(w, 42)),
  replicas: vector(at(ws, 3)),
  cpu: vector(at(w, 0.5)),
  draining: vector(at(w, 0)),
  demand: vector(at({ service: "service-a" }, 39)),
};
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
function observe(metrics: Partial<Record<QueryName, QueryResult>> = {}, change: Partial<AssembleInput> = {}) {
  return assembleObservation({
    atMs: 1_000_000,
    services: ["service-a", "service-b"],
    bootMs: 300_000,
    group: group(member()),
    metrics: { ...healthy, ...metrics },
    seen: nobodySeen,
    ...change,
  });
}
const workerOf = (observation: ReturnType<typeof observe>) => {
  if (!observation.group.ok || !observation.group.value.workers[0]) throw new Error("no worker");
  return observation.group.value.workers[0];
};
const ok = (value: number) => ({ ok: true, value });
const not = (problem: RegExp) => ({ ok: false, problem: expect.stringMatching(problem) });

test("a healthy worker with all its numbers", () => {
  expect(workerOf(observe())).toMatchObject({
    state: "in-service",
    up: true,
    cpuRatio: ok(0.5),
    arrivalsPerSecond: ok(42),
    completionsPerSecond: ok(42),
    services: { "service-a": { requestsPerSecond: ok(40), meanSeconds: ok(0.1), replicasReady: ok(3) } },
  });
  expect(observe().demand["service-a"]).toEqual(ok(39));
});

describe("an absent request rate", () => {
  test("is 0 while the log reader counts other requests of the worker", () => {
    const observation = observe();
    expect(workerOf(observation).services["service-b"]?.requestsPerSecond).toEqual(ok(0));
    expect(observation.demand["service-b"]).toEqual(ok(0));
  });

  test("is 0 on an idle worker where nothing has been counted yet", () => {
    const observation = observe({ requests: vector(), arrivals: vector(at(w, 0.4)), demand: vector() });
    expect(workerOf(observation).services["service-a"]?.requestsPerSecond).toEqual(ok(0));
    expect(observation.demand["service-a"]).toEqual(ok(0));
  });

  test("is unreadable when requests arrive and none is counted: the log reader is dead", () => {
    const observation = observe({ requests: vector(), demand: vector() });
    expect(workerOf(observation).services["service-a"]?.requestsPerSecond).toEqual(not(/missing or too old/));
    expect(workerOf(observation).completionsPerSecond).toEqual(not(/missing or too old/));
    expect(observation.demand["service-a"]).toEqual(not(/missing or too old/));
  });

  test("is unreadable when the worker sends nothing at all", () => {
    const observation = observe({ requests: vector(), arrivals: vector(), demand: vector() });
    expect(workerOf(observation).services["service-a"]?.requestsPerSecond).toEqual(not(/missing or too old/));
  });

  test("is unreadable when the query failed", () => {
    expect(workerOf(observe({ requests: failed })).services["service-b"]?.requestsPerSecond).toEqual(not(/timeout/));
  });
});

describe("numbers that are none", () => {
  test.each([
    ["NaN", Number.NaN, /NaN/],
    ["+Inf", Number.POSITIVE_INFINITY, /infinite/],
    ["-Inf", Number.NEGATIVE_INFINITY, /infinite/],
    ["a negative one", -1, /negative/],
  ])("%s is never a reading", (_rule, value, problem) => {
    const observation = observe({
      requests: vector(at(ws, value)),
      cpu: vector(at(w, value)),
      replicas: vector(at(ws, value)),
      arrivals: vector(at(w, value)),
      seconds: vector(at(ws, value)),
      demand: vector(at({ service: "service-a" }, value)),
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
    const worker = workerOf(observe({ replicas: vector(), cpu: vector() }));
    expect(worker.services["service-a"]?.replicasReady).toEqual(not(/missing or too old/));
    expect(worker.cpuRatio).toEqual(not(/missing or too old/));
  });
});

describe("whether a worker is up", () => {
  test.each([
    ["its scrape target answers", {}, true],
    ["it does not", { up: vector(at(w, 0)) }, false],
    ["the query failed: nobody knows", { up: failed }, "unknown"],
    ["its scrape target is not listed: nobody knows", { up: vector() }, "unknown"],
    ["the sample is no number: nobody knows", { up: vector(at(w, Number.NaN)) }, "unknown"],
  ])("%s", (_rule, metrics, up) => {
    expect(workerOf(observe(metrics, { seen: { ...nobodySeen, up: new Set(["i-1"]) } })).up).toBe(up);
  });
});

describe("the demand of workers that Prometheus does not see up", () => {
  const seen = { seen: { ...nobodySeen, up: new Set(["i-1"]) } };
  test.each([
    ["is in it by their own word", { up: vector(at(w, 0)), demand: vector() }, ok(40)],
    ["also when nobody knows", { up: vector(), demand: vector() }, ok(40)],
    ["and counted once when the query saw them", { up: failed }, ok(40)],
    ["not when their word is missing", { up: vector(at(w, 0)), demand: vector(), requests: vector() }, not(/missing/)],
  ])("%s", (_rule, metrics, demand) => {
    expect(observe(metrics, seen).demand["service-a"]).toEqual(demand);
  });
});

describe("a worker drains", () => {
  const seen = { seen: { ...nobodySeen, draining: new Set(["i-1"]) } };
  test.each([
    ["when it says so", { draining: vector(at(w, 1)) }, {}, true],
    ["not when it says no, whatever it said before", {}, seen, false],
    ["still, when it cannot be asked and said so before", { draining: vector() }, seen, true],
    ["still, when Prometheus cannot be read", { draining: failed }, seen, true],
    ["not when it was never seen to", { draining: vector() }, {}, false],
  ])("%s", (_rule, metrics, change, draining) => {
    expect(workerOf(observe(metrics, change)).draining).toBe(draining);
  });
});

test("a worker that the group waits for is marked", () => {
  const waiting = group(member({ state: "terminating", awaitsHook: true }));
  expect(workerOf(observe({}, { group: waiting }))).toMatchObject({ state: "terminating", awaitsHook: true });
  expect(workerOf(observe())).not.toHaveProperty("awaitsHook");
});

describe("the state of a worker", () => {
  const down = { up: vector(at(w, 0)) };
  const old = { atMs: 1_000_000 };
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
    ["InService, target not discovered yet: pending", { up: vector() }, {}, member(), "pending"],
    ["blind since a restart, launched long ago: in-service", { up: failed }, old, member(), "in-service"],
    [
      "blind since a restart, launched just now: pending",
      { up: failed },
      old,
      member({ launchedAtMs: 900_000 }),
      "pending",
    ],
    ["Pending, although something answers: pending", {}, {}, member({ state: "pending" }), "pending"],
    ["terminating stays terminating", {}, {}, member({ state: "terminating" }), "terminating"],
  ])("%s", (_rule, metrics, change, described, state) => {
    expect(workerOf(observe(metrics, { ...change, group: group(described) })).state).toBe(state);
  });
});

test("an empty group is an observation with no workers, whose absent demand is unknown", () => {
  const observation = observe({ demand: vector() }, { group: group() });
  expect(observation.group).toMatchObject({ ok: true, value: { workers: [] } });
  expect(observation.demand["service-a"]).toEqual(not(/missing or too old/));
});

test("series of workers that are not in the group are left out", () => {
  const stranger = { worker: "i-gone", service: "service-a" };
  const observation = observe({ requests: vector(at(ws, 40), at(stranger, 9)) });
  expect(observation.group.ok && observation.group.value.workers.map(({ id }) => id)).toEqual(["i-1"]);
});

test("metrics are readable if any query was answered, and not when none was", () => {
  const none = Object.fromEntries(Object.keys(healthy).map((name) => [name, failed]));
  expect(observe({ cpu: failed }).metricsReadable).toBe(true);
  expect(observe(none).metricsReadable).toBe(false);
});

test("an unreadable group keeps its problem", () => {
  expect(observe({}, { group: { ok: false, problem: "no such group" } }).group).toEqual({
    ok: false,
    problem: "no such group",
  });
});
