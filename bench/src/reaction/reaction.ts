import { type AgentCost, meanCost } from "./agent-cost.ts";

/** How fast one step was answered, seconds from the step's first request; null when it was not answered in time. */
export interface StepReaction {
  /** To the first decision to scale out. */
  readonly decision: number | null;
  /** To the first request that a new replica served. */
  readonly replica: number | null;
  /** To a new worker being healthy behind the load balancer. */
  readonly worker: number | null;
  /** Emulated boot of that worker, part of `worker`; 0 when there was none. */
  readonly boot: number;
}

/** 95th percentiles, seconds; null when a step was not answered in time, since then there is none. */
export interface ReactionFigures {
  readonly decisionP95: number | null;
  readonly replicaP95: number | null;
  readonly workerP95: number | null;
  /** The same without each worker's own emulated boot. */
  readonly workerWithoutBootP95: number | null;
}

/** What was measured of one set-up; grows while it is measured. */
export interface Measured {
  readonly steps: StepReaction[];
  /** One reading per step. */
  readonly agent: AgentCost[];
}

/** What `--json` writes. */
export interface ReactionReport {
  readonly fleet: ReactionFigures;
  readonly common: ReactionFigures;
  /** How many times longer `common` took. */
  readonly ratio: {
    readonly decision: number | null;
    readonly replica: number | null;
    readonly worker: number | null;
    readonly workerWithoutBoot: number | null;
  };
  /** What the agent costs a worker, on average; null when it was never read. */
  readonly agent: { readonly fleet: AgentCost | null; readonly common: AgentCost | null };
  /** Emulated time until an instance starts its services, on average; part of both workers' figures. */
  readonly bootSeconds: number;
  readonly steps: { readonly fleet: readonly StepReaction[]; readonly common: readonly StepReaction[] };
}

/** The value that 95 % of the values do not exceed (nearest rank); null when there are none, or one is missing. */
export function p95(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length < values.length) return null;
  return known[Math.ceil(known.length * 0.95) - 1] ?? null;
}

/** The figures of some steps. */
export function figuresOf(steps: readonly StepReaction[]): ReactionFigures {
  return {
    decisionP95: p95(steps.map(({ decision }) => decision)),
    replicaP95: p95(steps.map(({ replica }) => replica)),
    workerP95: p95(steps.map(({ worker }) => worker)),
    workerWithoutBootP95: p95(
      steps.map(({ worker, boot }) => (worker === null ? null : Math.round(10 * (worker - boot)) / 10)),
    ),
  };
}

/** The whole report. */
export function reactionReport(ours: Measured, usual: Measured, bootSeconds: number): ReactionReport {
  const fleet = figuresOf(ours.steps);
  const common = figuresOf(usual.steps);
  const ratio = (slow: number | null, fast: number | null) =>
    slow === null || fast === null || fast === 0 ? null : Math.round((slow / fast) * 10) / 10;
  return {
    fleet,
    common,
    ratio: {
      decision: ratio(common.decisionP95, fleet.decisionP95),
      replica: ratio(common.replicaP95, fleet.replicaP95),
      worker: ratio(common.workerP95, fleet.workerP95),
      workerWithoutBoot: ratio(common.workerWithoutBootP95, fleet.workerWithoutBootP95),
    },
    agent: { fleet: meanCost(ours.agent), common: meanCost(usual.agent) },
    bootSeconds,
    steps: { fleet: ours.steps, common: usual.steps },
  };
}

/** The promises about reaction that a report breaks, as sentences. */
export function missedReactions({ fleet, ratio, bootSeconds }: ReactionReport): string[] {
  const limits: [string, number | null, number][] = [
    ["decision", fleet.decisionP95, 6],
    ["replica serving", fleet.replicaP95, 9],
    ["worker serving", fleet.workerP95, 12 + bootSeconds],
  ];
  return [
    ...limits
      .filter(([, value, limit]) => value === null || value > limit)
      .map(
        ([name, value, limit]) =>
          `${name}: p95 ${value === null ? "never" : `${value} s`}, at most ${limit} s promised`,
      ),
    ...Object.entries(ratio)
      .filter(([, value]) => value !== null && value < 5)
      .map(([name, value]) => `${name}: ${value}× faster than the usual set-up, at least 5× promised`),
  ];
}
