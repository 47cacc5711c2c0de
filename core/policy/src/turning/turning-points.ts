import type { FleetConfig } from "@compose-fleet/fleet";
import { targetKey } from "../decision/decision.ts";
import { groupBounds } from "../group/group-bounds.ts";
import { askedBounds, type Limit } from "../limits/limit.ts";
import { workersNeed } from "../needs/workers-need.ts";
import { demandOn } from "../observation/demand.ts";
import type { GroupObservation, Observation } from "../observation/observation.ts";
import { utilisationOf } from "../replica-needs/utilisation.ts";
import { currentReplicas, type ReplicasTarget, replicasTargets } from "../replicas/replicas-target.ts";
import type { Memory } from "../situation/memory.ts";
import type { Known } from "../situation/situation.ts";
import { knownOf } from "./known.ts";

/** What would change a target: the number that it goes by, and where that would ask for one more or one fewer. */
export interface TurningPoint {
  readonly target: string;
  /** What is measured: requests per second, or a share of CPU (0 to 1). */
  readonly measure: "requests-per-second" | "cpu";
  /** Whose it is; undefined for CPU. */
  readonly service: string | undefined;
  readonly now: number | undefined;
  /** Above it one more is wanted; undefined at the maximum, or at a limit, and where nothing can be said. */
  readonly growsAbove: number | undefined;
  /** Below it for a whole scale-in window one fewer does; undefined at the minimum, or at a limit, and where nothing can be said. */
  readonly shrinksBelow: number | undefined;
}

interface Looked {
  readonly config: FleetConfig;
  readonly observation: Observation;
  readonly memory: Memory;
  /** Those that are in force, in the order in which they are heard. */
  readonly limits: readonly Limit[];
}

/** One for each target that has a number: the group, then each service on each worker that serves. For people; nothing decides by it. */
export function turningPoints(looked: Looked): readonly TurningPoint[] {
  const { group } = looked.observation;
  const known = knownOf(looked);
  return [
    ...(group.ok ? ofWorkers(looked, known, group.value) : []),
    ...replicasTargets(known).flatMap((target) => ofReplicas(looked, known, target)),
  ];
}

function ofReplicas(looked: Looked, known: Known, target: ReplicasTarget): readonly TurningPoint[] {
  const { config, memory } = looked;
  const { service: name } = target.target;
  const { capacity, replicas } = target.service;
  const current = currentReplicas(known, target);
  const { least, most } = askedBounds(looked.limits, name, replicas);
  // What a service without a capacity goes by is no rate of requests.
  if (current === undefined || capacity === undefined) return [];
  const demand = demandOn(target.worker, name);
  // What a replica takes of the demand of now: with foresight it is sized for what comes.
  const each = (utilisationOf(looked) * capacity.requestsPerSecond) / (memory.foresight?.now?.leads[name] ?? 1);
  return [
    {
      target: targetKey(target.target),
      measure: "requests-per-second",
      service: name,
      now: demand.ok ? demand.value : undefined,
      growsAbove: current < most ? current * each : undefined,
      shrinksBelow: current > least ? (current - 1) * each * config.scaling.replicas.scaleInShare : undefined,
    },
  ];
}

/** The need is in proportion to what binds it, so what would bind one worker more or fewer follows from it. */
function ofWorkers(looked: Looked, known: Known, group: GroupObservation): readonly TurningPoint[] {
  const { config } = looked;
  const need = workersNeed(known, group);
  const { least, most } = askedBounds(looked.limits, undefined, groupBounds(config, group));
  const current = group.desired - known.draining.length;
  // Signals and the CPU of replicas are measures that people read in the reason.
  if (need.boundBy === "signal" || need.boundBy === "replica-cpu") return [];
  const isCpu = need.boundBy === "cpu";
  const now = need.numbers[isCpu ? "cpu" : "requestsPerSecond"];
  if (typeof now !== "number") return [];
  const { capacityPerWorker, headroom, service } = need.numbers;
  const perWorker = need.atLeast > 0 ? now / need.atLeast : Number(capacityPerWorker) * Number(headroom);
  const at = (workers: number) => (Number.isFinite(perWorker) ? workers * perWorker : undefined);
  return [
    {
      target: targetKey({ kind: "workers" }),
      measure: isCpu ? "cpu" : "requests-per-second",
      service: isCpu || typeof service !== "string" || service === "" ? undefined : service,
      now,
      growsAbove: current < most ? at(current) : undefined,
      shrinksBelow: current > least ? at((current - 1) * config.scaling.workers.scaleInShare) : undefined,
    },
  ];
}
