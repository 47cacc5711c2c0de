import { parseFleetConfig } from "@compose-fleet/fleet";
import type { LoadSummary } from "@compose-fleet/load";
import { describe, expect, test } from "vitest";
import { reactions } from "./reactions.ts";
import { buildReport, type Recording } from "./report.ts";
import { countReversals } from "./reversals.ts";
import { summaryText } from "./summary.ts";
import type { Action, Sample } from "./timeline.ts";
import { timingDifferences } from "./timing-diff.ts";
import { checksOf } from "./verdict.ts";

const at = (seconds: number, offeredRps: number, workers: number, ...replicas: number[]): Sample => ({
  atMs: seconds * 1000,
  offeredRps,
  workers,
  desiredWorkers: workers,
  replicas: Object.fromEntries(replicas.map((count, i) => [`i-${i + 1}/service-a`, count])),
});

const act = (
  seconds: number,
  level: Action["level"],
  from: number,
  to: number,
  target = level === "instances" ? "workers" : "i-1/service-a",
): Action => ({
  atMs: seconds * 1000,
  level,
  target,
  from,
  to,
  reason: "load",
});

const lines = { perReplicaRps: 50, perWorkerRps: 460 };
const out = (level: Action["level"]) => act(1, level, 1, 2);
const back = (level: Action["level"]) => act(2, level, 2, 1);

describe("reversals", () => {
  test.each<[string, Action[], number]>([
    ["nothing happened, nothing reversed", [], 0],
    ["out and back in at one level is one", [out("containers"), back("containers")], 1],
    [
      "out and back in at both levels is two, whatever the order",
      [out("containers"), out("instances"), back("containers"), back("instances")],
      2,
    ],
    [
      "several steps in one direction are one direction",
      [out("containers"), out("containers"), back("containers"), back("containers")],
      1,
    ],
    ["out, in, out, in is three", [out("instances"), back("instances"), out("instances"), back("instances")], 3],
    [
      "containers count over the whole fleet",
      [act(1, "containers", 1, 2, "i-1/a"), act(2, "containers", 4, 3, "i-2/a"), act(3, "containers", 2, 3, "i-1/a")],
      2,
    ],
    [
      "a command that repeats the number has no direction",
      [out("containers"), act(2, "containers", 2, 2), act(3, "containers", 2, 3)],
      0,
    ],
  ])("%s", (_rule, actions, count) => {
    expect(countReversals(actions)).toBe(count);
  });
});

describe("reactions", () => {
  const samples = [
    at(0, 0, 1, 1),
    at(10, 40, 1, 1),
    at(12, 60, 1, 1),
    at(14, 80, 1, 1),
    at(17, 90, 1, 2),
    at(30, 470, 1, 10),
    at(34, 480, 1, 10),
    at(50, 480, 2, 10, 10),
  ];

  test.each<[string, Action, Partial<ReturnType<typeof reactions>>]>([
    [
      "a decision counts from when the load first exceeded the ready replicas",
      act(15, "containers", 1, 2),
      { decision: [3], replicaServing: [2] },
    ],
    ["replicas serve when that worker has them all", act(15, "containers", 1, 10), { replicaServing: [15] }],
    [
      "a worker's decision counts from when the load exceeded the workers that serve",
      act(35, "instances", 1, 2),
      { decision: [5], workerServing: [15] },
    ],
    ["a decision ahead of the load took no time", act(11, "containers", 1, 2), { decision: [0] }],
    ["what never served has no time", act(35, "instances", 1, 3), { workerServing: [] }],
    ["a scale-in is no reaction", act(35, "instances", 3, 2), { decision: [], workerServing: [] }],
  ])("%s", (_rule, action, expected) => {
    expect(reactions(samples, [action], lines)).toMatchObject(expected);
  });
});

const load: LoadSummary = {
  type: "summary",
  elapsedMs: 1,
  total: { sent: 10_000, ok: 10_000, failed: 0, failedBy: {} },
  p50Ms: 57.26,
  p95Ms: 90,
  p99Ms: 120,
  maxMs: 200,
  keepAliveRaces: 0,
  maxLagMs: 1,
  cpuMicrosPerRequest: 1,
};
const recording: Recording = {
  samples: [at(0, 0, 1, 1), at(60, 800, 2, 10, 8), at(300, 5, 1, 1)],
  actions: [
    act(10, "containers", 1, 10),
    act(20, "instances", 1, 2),
    act(200, "containers", 10, 1),
    act(220, "instances", 2, 1),
  ],
  load,
  decisions: 300,
  blindSeconds: 0.04,
  scaleInDoneSeconds: 300,
};
const failed = (count: number): LoadSummary => ({
  ...load,
  total: { sent: 10_000, ok: 10_000 - count, failed: count, failedBy: { "503": count } },
});

describe("report and verdict", () => {
  test("the report sums the run up", () => {
    expect(buildReport(recording, lines)).toMatchObject({
      requests: { sent: 10_000, failed: 0, p50Ms: 57.3 },
      workers: { start: 1, peak: 2, end: 1 },
      replicas: { start: 1, peak: 18, end: 1 },
      actions: 4,
      decisions: 300,
      reversals: 2,
      blindSeconds: 0,
    });
  });

  test.each<[string, Recording, string, boolean]>([
    [
      "a machine that had nothing left over is named as the limit",
      { ...recording, load: failed(5), cpu: { cores: 2, busy: 0.7, stolen: 0.29 } },
      "2 cores, 70 % busy, 29 % taken away by its host",
      true,
    ],
    [
      "a machine that had something left over is not",
      { ...recording, load: failed(5), cpu: { cores: 8, busy: 0.7, stolen: 0 } },
      "8 cores, 70 % busy in",
      false,
    ],
  ])("%s", (_rule, seen, text, isTheLimit) => {
    const summary = summaryText(buildReport(seen, lines), true);
    expect(summary).toContain(text);
    expect(summary.includes("try a lower --rate")).toBe(isTheLimit);
  });

  test("a run that shows everything passes every check", () => {
    expect(checksOf(buildReport(recording, lines)).filter((check) => !check.ok)).toEqual([]);
  });

  test.each<[string, Partial<Recording>, string]>([
    ["one failed request in a thousand is the limit", { load: failed(11) }, "11 of 10000 failed (503: 11)"],
    [
      "no request at all is not served",
      { load: { ...load, total: { sent: 0, ok: 0, failed: 0, failedBy: {} } } },
      "0 of 0 failed",
    ],
    [
      "more workers without an action is no scale-out",
      { actions: recording.actions.filter((a) => a.level === "containers") },
      "instances scaled out",
    ],
    [
      "more replicas without an action is no scale-out",
      { actions: recording.actions.filter((a) => a.level === "instances") },
      "containers scaled out",
    ],
    ["the minimum has to be reached", { scaleInDoneSeconds: null }, "not at the minimum after 480 s"],
    ["in time", { scaleInDoneSeconds: 481 }, "481 s after"],
    ["without flapping", { actions: [...recording.actions, act(230, "instances", 1, 2)] }, "3 reversals"],
  ])("%s", (_rule, change, text) => {
    const faults = checksOf(buildReport({ ...recording, ...change }, lines)).filter((check) => !check.ok);
    expect(faults.map((fault) => fault.text).join()).toContain(text);
    expect(faults).toHaveLength(1);
  });
});

describe("timings", () => {
  const config = (scaling: object) => {
    const parsed = parseFleetConfig({
      name: "demo",
      services: { a: { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 9 } } },
      scaling,
    });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    return parsed.config;
  };

  test("production's own timings differ in nothing", () => {
    expect(timingDifferences(config({}))).toEqual([]);
  });

  test("each value that differs is named with both values, nested ones by their path", () => {
    expect(timingDifferences(config({ headroom: 0.65, loop: { activeSeconds: 1 } }))).toEqual([
      { path: "scaling.headroom", value: 0.65, production: 0.9 },
      { path: "scaling.loop.activeSeconds", value: 1, production: 5 },
    ]);
  });
});
