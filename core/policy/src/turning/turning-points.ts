import type { FleetConfig } from "@compose-fleet/fleet";
import { targetKey } from "../decision/decision.ts";
import { groupBounds } from "../group/group-bounds.ts";
import { askedBounds, type Limit } from "../limits/limit.ts";
import { type WorkersNeed, workersNeed } from "../needs/workers-need.ts";
import type { GroupObservation, Observation } from "../observation/observation.ts";
import { currentReplicas, type ReplicasTarget, replicasTargets } from "../replicas/replicas-target.ts";
import type { Memory } from "../situation/memory.ts";
import type { Known } from "../situation/situation.ts";
import { knownOf } from "./known.ts";
import { type Measure, replicaMeasure } from "./replica-measure.ts";

/** What would change a target: the number that it goes by, and where that would ask for one more or one fewer. */
export interface TurningPoint {
  readonly target: string;
  readonly measure: Measure;
  /** Whose it is; undefined for CPU. */
  readonly service: string | undefined;
  /** Which of its signals. */
  readonly signal?: string | undefined;
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
  const { service: name } = target.target;
  const current = currentReplicas(known, target);
  const { least, most } = askedBounds(looked.limits, name, target.service.replicas);
  const measured = current === undefined ? undefined : replicaMeasure(known, target);
  if (current === undefined || measured === undefined) return [];
  const { measure, now, signal, takenBy } = measured;
  const { scaleInShare } = looked.config.scaling.replicas;
  return [
    {
      target: targetKey(target.target),
      measure,
      service: name,
      signal,
      now: now.ok ? now.value : undefined,
      growsAbove: current < most ? takenBy(current) : undefined,
      shrinksBelow: current > least ? takenBy(current - 1) * scaleInShare : undefined,
    },
  ];
}

/** The need is in proportion to what binds it, so what would bind one worker more or fewer follows from it. */
function ofWorkers(looked: Looked, known: Known, group: GroupObservation): readonly TurningPoint[] {
  const { config } = looked;
  const need = workersNeed(known, group);
  const { least, most } = askedBounds(looked.limits, undefined, groupBounds(config, group));
  const current = group.desired - known.draining.length;
  const { measure, now, ofIdle } = workerMeasure(config, need);
  if (typeof now !== "number") return [];
  const { service, signal } = need.numbers;
  // The numbers are rounded for people; none is 0 where there is a need.
  const perWorker = need.atLeast > 0 && now > 0 ? now / need.atLeast : ofIdle;
  const at = (workers: number) => (Number.isFinite(perWorker) ? workers * perWorker : undefined);
  return [
    {
      target: targetKey({ kind: "workers" }),
      measure,
      service: measure === "cpu" || typeof service !== "string" || service === "" ? undefined : service,
      signal: measure === "signal" && typeof signal === "string" ? signal : undefined,
      now,
      growsAbove: current < most ? at(current) : undefined,
      shrinksBelow: current > least ? at((current - 1) * config.scaling.workers.scaleInShare) : undefined,
    },
  ];
}

/** What the group goes by, and how much of it one worker takes where there is none. */
function workerMeasure({ services }: FleetConfig, { boundBy, numbers }: WorkersNeed) {
  const most = services[`${numbers.service}`]?.replicas.max ?? Number.NaN;
  const measure = measureOf(boundBy);
  switch (measure) {
    case "cpu":
      return { measure, now: numbers.cpu, ofIdle: Number.NaN };
    case "replica-cpu":
      return { measure, now: numbers.busyReplicas ?? numbers.atLimit, ofIdle: most * Number(numbers.utilisation) };
    case "signal":
      return { measure, now: numbers.value, ofIdle: most * Number(numbers.signalTarget) };
    case "requests-per-second": {
      const ofIdle = Number(numbers.capacityPerWorker) * Number(numbers.headroom);
      return { measure, now: numbers.requestsPerSecond, ofIdle };
    }
  }
}

/** What binds without a measure of its own is the load, and the parts of a forecast. */
function measureOf(boundBy: string): Measure {
  if (boundBy === "cpu-limit") return "replica-cpu";
  return boundBy === "cpu" || boundBy === "replica-cpu" || boundBy === "signal" ? boundBy : "requests-per-second";
}
