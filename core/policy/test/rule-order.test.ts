import type { FleetConfig } from "@compose-fleet/fleet";
import { describe, expect, test } from "vitest";
import { type DecideInput, situationOf } from "../src/decide.ts";
import type { GroupObservation, Observation, Override, Signal } from "../src/index.ts";
import { replicasRules } from "../src/replicas/decide-replicas.ts";
import { type ReplicasSituation, replicasSituation } from "../src/replicas/replicas-situation.ts";
import { replicasTargets } from "../src/replicas/replicas-target.ts";
import { firstThatSpeaks, type RuleList } from "../src/rules/rule.ts";
import { workerRules } from "../src/workers/decide-workers.ts";
import { type WorkersSituation, workersSituation } from "../src/workers/workers-situation.ts";
import { type Asked, blindWorker, fleetConfig, missing, observe, ok, Scaler, worker } from "./world.ts";

// The order of the rules is the policy. Each row is a moment at which two rules would speak, and the one that must be heard.

/** What was watched before, every 5 s, and the moment itself. */
interface Moment {
  readonly until: number;
  readonly at: (seconds: number) => Observation;
  readonly asked?: Asked;
  readonly config?: FleetConfig;
}

const foreseeing = fleetConfig({ scaling: { predictive: { enabled: true } } });
const pause: Override = { id: "p", kind: "pause", by: "ann", expiresAtMs: 1e9 };
const pinWorkers: Override = { id: "w", kind: "pin-workers", workers: 2, by: "ann", expiresAtMs: 1e9 };
const pinReplicas: Override = {
  id: "r",
  kind: "pin-replicas",
  service: "web",
  replicas: 4,
  by: "ann",
  expiresAtMs: 1e9,
};
const up: Signal = { id: "u", kind: "test", scale: "instances", direction: "up" };
const moreReplicas: Signal = { id: "m", kind: "test", scale: "containers", direction: "up" };

const serving =
  (count: number, load: number, change: Partial<GroupObservation> = {}) =>
  (seconds: number) =>
    observe(
      seconds,
      Array.from({ length: count }, (_, index) => worker(`i-${index + 1}`, load / count, 10)),
      change,
    );
const dead = (id: string) => worker(id, 0, 0, { ...blindWorker(id), reached: false });
const draining = (id: string, load = 0) => worker(id, load, 10, { draining: true });
/** AWS takes the first of them 100 s after the beginning. */
const withNotice =
  (at: (seconds: number) => Observation) =>
  (seconds: number): Observation => {
    const observation = at(seconds);
    if (!observation.group.ok) return observation;
    const [first, ...others] = observation.group.value.workers;
    const taken = first && { ...first, notice: { kind: "interruption", goneAtMs: 100_000 } as const };
    return {
      ...observation,
      group: { ok: true, value: { ...observation.group.value, workers: [...(taken ? [taken] : []), ...others] } },
    };
  };
const withoutDemand = (observation: Observation): Observation => ({ ...observation, demand: { web: missing } });

const ofWorkers: readonly (readonly [string, string, Moment])[] = [
  [
    "inFlight",
    "paused",
    { until: 0, at: serving(2, 100), asked: { overrides: [pause], inFlight: new Set(["workers"]) } },
  ],
  [
    "inFlight",
    "replacesTaken",
    { until: 0, at: withNotice(serving(2, 1500)), asked: { inFlight: new Set(["workers"]) } },
  ],
  ["replacesTaken", "drainsTaken", { until: 60, at: withNotice(serving(2, 1500)) }],
  ["drainsTaken", "paused", { until: 55, at: withNotice(serving(2, 1500)), asked: { overrides: [pause] } }],
  ["paused", "belowMin", { until: 0, at: serving(1, 100, { min: 2 }), asked: { overrides: [pause] } }],
  ["belowMin", "growsNow", { until: 0, at: serving(1, 1900, { min: 2 }) }],
  [
    "giveUpLaunching",
    "growsNow",
    { until: 30, at: serving(2, 5000, { desired: 4, failedLaunches: 2, lastFailedLaunchAtMs: 0 }) },
  ],
  [
    "growsNow",
    "replaceDead",
    {
      until: 100,
      at: (seconds) =>
        observe(seconds, [worker("i-1", 1300, 10), worker("i-2", 1300, 10), worker("i-4", 1300, 10), dead("i-3")]),
    },
  ],
  [
    "comesBack",
    "endDrained",
    { until: 60, at: (seconds) => observe(seconds, [worker("i-1", 100, 10), draining("i-2")], { desired: 3, min: 2 }) },
  ],
  [
    "replaceDead",
    "noData",
    {
      until: 100,
      at: (seconds) => withoutDemand(observe(seconds, [worker("i-1", 100, 10), worker("i-2", 100, 10), dead("i-3")])),
    },
  ],
  [
    "giveUpNeverServed",
    "noData",
    {
      until: 1000,
      at: (seconds) =>
        withoutDemand(
          observe(seconds, [worker("i-1", 100, 10), worker("i-2", 100, 10), { ...dead("i-3"), state: "pending" }]),
        ),
    },
  ],
  [
    "noData",
    "breaker",
    { until: 10, at: (seconds) => withoutDemand(observe(seconds, [worker("i-1", 100, 10), blindWorker("i-2")])) },
  ],
  [
    "breaker",
    "endDrained",
    { until: 10, at: (seconds) => observe(seconds, [worker("i-1", 100, 10), blindWorker("i-2"), draining("i-3")]) },
  ],
  [
    "endDrained",
    "aboveMax",
    {
      until: 10,
      at: (seconds) => observe(seconds, [worker("i-1", 100, 10), worker("i-2", 100, 10), draining("i-3")], { max: 2 }),
    },
  ],
  ["aboveMax", "limited", { until: 0, at: serving(4, 100, { max: 3 }), asked: { overrides: [pinWorkers] } }],
  ["limited", "stepped", { until: 10, at: serving(2, 100), asked: { overrides: [pinWorkers], signals: [up] } }],
  [
    "stepped",
    "steady",
    { until: 10, at: (seconds) => serving(seconds < 10 ? 1 : 2, 1100)(seconds), asked: { signals: [up] } },
  ],
  ["steady", "windowHolds", { until: 0, at: serving(1, 100) }],
  [
    "excessWaits",
    "windowHolds",
    { until: 15, at: (seconds) => serving(2, seconds < 15 ? 1800 : 2084)(seconds), config: foreseeing },
  ],
  ["windowHolds", "shrinks", { until: 10, at: serving(4, 100) }],
];

const one =
  (load: number, replicas: number, change: Parameters<typeof worker>[3] = {}) =>
  (seconds: number) =>
    observe(seconds, [worker("i-1", load, replicas, change)]);
const unreadRate = (replicas: number) => ({
  services: { web: { requestsPerSecond: missing, meanSeconds: missing, replicasReady: ok(replicas) } },
});
const KEY = "replicas/i-1/web";

const ofReplicas: readonly (readonly [string, string, Moment])[] = [
  ["inFlight", "paused", { until: 0, at: one(100, 3), asked: { overrides: [pause], inFlight: new Set([KEY]) } }],
  [
    "paused",
    "unknown",
    { until: 0, at: (seconds) => observe(seconds, [blindWorker("i-1")]), asked: { overrides: [pause] } },
  ],
  ["limited", "belowMin", { until: 0, at: one(100, 0), asked: { overrides: [pinReplicas] } }],
  ["belowMin", "noData", { until: 0, at: one(100, 0, unreadRate(0)) }],
  ["aboveMax", "noData", { until: 0, at: one(100, 12, unreadRate(12)) }],
  ["blind", "noData", { until: 0, at: one(100, 3, unreadRate(3)), asked: { signals: [moreReplicas] } }],
  ["growsNow", "repairs", { until: 40, at: (seconds) => one(seconds < 40 ? 300 : 900, 1)(seconds) }],
  [
    "repairs",
    "stepped",
    { until: 60, at: (seconds) => one(300, seconds < 10 ? 1 : 3)(seconds), asked: { signals: [moreReplicas] } },
  ],
  [
    "stepped",
    "steady",
    {
      until: 10,
      at: (seconds) => one(seconds < 10 ? 60 : 120, seconds < 10 ? 1 : 2)(seconds),
      asked: { signals: [moreReplicas] },
    },
  ],
  [
    "stepped",
    "breaker",
    {
      until: 10,
      at: (seconds) => observe(seconds, [worker("i-1", 60, seconds < 10 ? 1 : 2), blindWorker("i-2")]),
      asked: { signals: [moreReplicas] },
    },
  ],
  [
    "breaker",
    "unreadInPart",
    {
      until: 0,
      at: (seconds) => observe(seconds, [worker("i-1", 60, 3, { arrivalsPerSecond: missing }), blindWorker("i-2")]),
    },
  ],
  ["unreadInPart", "windowHolds", { until: 0, at: one(60, 3, { arrivalsPerSecond: missing }) }],
  ["windowHolds", "shrinks", { until: 0, at: one(60, 3) }],
];

function inputOf({ until, at, asked = {}, config = fleetConfig() }: Moment): DecideInput {
  const scaler = new Scaler(config);
  if (until > 0) scaler.watch(0, until - 5, at, asked);
  const { signals = [], overrides = [], inFlight = new Set() } = asked;
  return { config: scaler.config, observation: at(until), signals, overrides, inFlight, memory: scaler.memory };
}

function workersAt(moment: Moment): WorkersSituation {
  const situation = situationOf(inputOf(moment));
  if (!situation.observation.group.ok) throw new Error("a moment whose group cannot be read");
  return workersSituation(situation, situation.observation.group.value);
}

function replicasAt(moment: Moment): ReplicasSituation {
  const situation = situationOf(inputOf(moment));
  const [target] = replicasTargets(situation);
  if (!target) throw new Error("a moment without a worker that serves");
  return replicasSituation(situation, target);
}

/** Whether `first` is heard although `second` would speak. Throws when one of them has nothing to say: then the row shows nothing. */
function isHeard<S>(list: RuleList<S>, first: string, second: string, situation: S): boolean {
  const rules = [...list.rules, list.last];
  const saidBy = (name: string) => {
    const verdict = rules.find((rule) => rule.name === name)?.decide(situation);
    if (!verdict) throw new Error(`${name} has nothing to say`);
    return JSON.stringify(verdict);
  };
  saidBy(second);
  return JSON.stringify(firstThatSpeaks(list, situation)) === saidBy(first);
}

function swapped<S>({ rules, last }: RuleList<S>, first: string, second: string): RuleList<S> {
  const all = [...rules, last];
  const [a, b] = [first, second].map((name) => all.findIndex((rule) => rule.name === name)) as [number, number];
  [all[a], all[b]] = [all[b] as (typeof all)[number], all[a] as (typeof all)[number]];
  const end = all.at(-1) as (typeof all)[number];
  return {
    rules: all.slice(0, -1),
    last: { ...end, decide: (situation) => end.decide(situation) ?? last.decide(situation) },
  };
}

describe("the worker group", () => {
  test.each(ofWorkers)("%s before %s", (first, second, moment) => {
    const situation = workersAt(moment);
    expect(isHeard(workerRules, first, second, situation)).toBe(true);
    expect(isHeard(swapped(workerRules, first, second), first, second, situation), "the wrong order shows").toBe(false);
  });
});

describe("replicas of a service on a worker", () => {
  test.each(ofReplicas)("%s before %s", (first, second, moment) => {
    const situation = replicasAt(moment);
    expect(isHeard(replicasRules, first, second, situation)).toBe(true);
    expect(isHeard(swapped(replicasRules, first, second), first, second, situation), "the wrong order shows").toBe(
      false,
    );
  });
});
