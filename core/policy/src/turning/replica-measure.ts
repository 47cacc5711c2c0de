import { demandOn } from "../observation/demand.ts";
import type { Reading } from "../observation/observation.ts";
import { busyReplicas } from "../replica-needs/by-replica-cpu.ts";
import { placeOf, signalReading } from "../replica-needs/by-signal.ts";
import { replicasNeed } from "../replica-needs/replicas-need.ts";
import { utilisationOf } from "../replica-needs/utilisation.ts";
import type { ReplicasTarget } from "../replicas/replicas-target.ts";
import type { Known } from "../situation/situation.ts";

/** Requests per second, a share of CPU (0 to 1), the CPU of a service's replicas in whole replicas, or a signal of its own. */
export type Measure = "requests-per-second" | "cpu" | "replica-cpu" | "signal";

/** What the replicas of a service on one worker go by now: the largest of its needs. */
interface ReplicaMeasure {
  readonly measure: Exclude<Measure, "cpu">;
  readonly signal?: string;
  readonly now: Reading;
  /** How much of it so many replicas take at most. */
  readonly takenBy: (replicas: number) => number;
}

/** The measure that binds; undefined where there is none. */
export function replicaMeasure(known: Known, target: ReplicasTarget): ReplicaMeasure | undefined {
  const { capacity, signals } = target.service;
  const { service: name } = target.target;
  const need = replicasNeed(known, { target: target.target, worker: target.worker, service: target.service });
  const utilisation = utilisationOf(known);
  if (need.boundBy === "load" && capacity !== undefined) {
    // What a replica takes of the demand of now: with foresight it is sized for what comes.
    const each = (utilisation * capacity.requestsPerSecond) / (known.memory.foresight?.now?.leads[name] ?? 1);
    return {
      measure: "requests-per-second",
      now: demandOn(target.worker, name),
      takenBy: (replicas) => replicas * each,
    };
  }
  if (need.boundBy === "replica-cpu" || need.boundBy === "cpu-limit")
    return {
      measure: "replica-cpu",
      now: busyReplicas(target.worker, name),
      takenBy: (replicas) => replicas * utilisation,
    };
  const { signal: binding } = need.numbers();
  const signal = signals.find((each) => each.name === binding);
  if (signal === undefined) return undefined;
  const { index, workers } = placeOf(known, target.worker.id);
  return {
    measure: "signal",
    signal: signal.name,
    now: signalReading(known.observation, name, signal.name),
    // Of the whole fleet: of one more in it, each worker gets a part in turn.
    takenBy: (replicas) => (replicas * workers + index) * signal.target,
  };
}
