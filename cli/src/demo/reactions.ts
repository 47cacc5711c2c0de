import { type Action, type FillLines, type Sample, totalReplicas } from "./timeline.ts";

/** How fast the fleet reacted, seconds; one entry per scale-out. */
export interface Reactions {
  /** From the moment the offered load first exceeded what was ready, to the decision. */
  readonly decision: readonly number[];
  /** From the decision to all its replicas ready. */
  readonly replicaServing: readonly number[];
  /** From the decision to all its workers serving. */
  readonly workerServing: readonly number[];
}

/** Measures each scale-out of a run. One that never completed has no serving time; one ahead of the load has a decision time of 0. */
export function reactions(samples: readonly Sample[], actions: readonly Action[], lines: FillLines): Reactions {
  const outs = actions.filter((action) => action.to > action.from);
  return {
    decision: outs.map((action) => decisionSeconds(samples, action, lines)),
    replicaServing: outs
      .filter((action) => action.level === "containers")
      .flatMap((action) => servingSeconds(samples, action)),
    workerServing: outs
      .filter((action) => action.level === "instances")
      .flatMap((action) => servingSeconds(samples, action)),
  };
}

function decisionSeconds(samples: readonly Sample[], action: Action, lines: FillLines): number {
  const exceeded = (sample: Sample) =>
    action.level === "containers"
      ? sample.offeredRps > lines.perReplicaRps * totalReplicas(sample)
      : sample.offeredRps > lines.perWorkerRps * sample.workers;
  let since = action.atMs;
  for (const sample of samples.filter((s) => s.atMs <= action.atMs).reverse()) {
    if (!exceeded(sample)) break;
    since = sample.atMs;
  }
  return seconds(action.atMs - since);
}

function servingSeconds(samples: readonly Sample[], action: Action): number[] {
  const served = samples.find((sample) => {
    const ready = action.level === "containers" ? (sample.replicas[action.target] ?? 0) : sample.workers;
    return sample.atMs >= action.atMs && ready >= action.to;
  });
  return served === undefined ? [] : [seconds(served.atMs - action.atMs)];
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
