import type { Reason } from "../decision/decision.ts";
import { type AskedBounds, askedBounds } from "../limits/limit.ts";
import { rounded } from "../numbers/bounds.ts";
import { demandOn } from "../observation/demand.ts";
import type { Reading, WorkerObservation } from "../observation/observation.ts";
import type { PerhapsStale } from "../rules/stale-data.ts";
import { heldBounds } from "../signals/one-step.ts";
import type { Situation } from "../situation/situation.ts";
import { stabilize } from "../situation/stabilization.ts";
import { currentReplicas, type ReplicasTarget, readyReplicas, replicasFor, utilisationOf } from "./replicas-target.ts";

/** What the rules of one service on one worker look at, computed once a tick. Numbers are replicas. */
export interface ReplicasSituation extends PerhapsStale, ReplicasTarget {
  readonly target: ReplicasTarget["target"];
  readonly min: number;
  readonly max: number;
  /** The bounds as overrides and schedules narrow them. */
  readonly asked: AskedBounds;
  /** Replicas that run and are healthy. */
  readonly ready: Reading;
  /** Whether the last command has had the time to take effect. */
  readonly isSettled: boolean;
  /** Requests per second on this worker. */
  readonly demand: Reading;
  /** What the demand needs; undefined when it cannot be read. */
  readonly needed: number | undefined;
  /** What cannot be read, in words. Then `needed` is a lower bound: good for scaling out, never for scaling in. */
  readonly unread: string | undefined;
  /** The number that the scale-in window remembers of this tick. */
  readonly keep: number;
  /** Numbers that active signals hold the target at. */
  readonly floor: number | undefined;
  readonly ceiling: number | undefined;
  /** For people: what the load needs, and why. */
  readonly load: Reason["numbers"];
}

/** The target of this tick as its rules look at it. */
export function replicasSituation(situation: Situation, target: ReplicasTarget): ReplicasSituation {
  const { config, memory, observation } = situation;
  const { replicas: parameters } = config.scaling;
  const { key, service, worker } = target;
  const { min, max } = service.replicas;
  const commandedBefore = memory.commanded[key];
  const current = currentReplicas(situation, target);
  const demand = demandOn(worker, target.target.service);
  const soon = ahead(demand, memory.foresight?.now?.leads[target.target.service]);
  const needed = replicasFor(soon, situation, service);
  const unread = unreadOf(worker, target.target.service);
  // Without data, what runs is the recommendation: every blind moment delays scaling in by a whole window.
  const roomy = replicasFor(soon, situation, service, parameters.scaleInShare) ?? current ?? max;
  const keep = unread === undefined ? roomy : Math.max(roomy, current ?? max);
  const { floor, ceiling } = heldBounds(situation.steps, key);
  return {
    // One by one: spreading is by far the slowest way to copy, and this is done for each service on each worker.
    config,
    observation,
    memory,
    steps: situation.steps,
    limits: situation.limits,
    inFlight: situation.inFlight,
    breakerOpen: situation.breakerOpen,
    missingWorkers: situation.missingWorkers,
    losses: situation.losses,
    target: target.target,
    worker,
    service,
    key,
    min,
    max,
    asked: askedBounds(situation.limits, target.target.service, service.replicas),
    current,
    ready: readyReplicas(target),
    commandedBefore,
    isSettled:
      commandedBefore !== undefined && observation.atMs - commandedBefore.atMs >= parameters.settleSeconds * 1000,
    demand,
    loadProblem: demand.ok ? undefined : demand.problem,
    needed,
    wouldShrink: needed !== undefined && current !== undefined && needed < current,
    unread,
    keep,
    window: stabilize(
      memory.recommendations[key] ?? [],
      { atMs: observation.atMs, value: keep },
      parameters.scaleInWindowSeconds * 1000,
    ),
    floor,
    ceiling,
    load: {
      requestsPerSecond: soon.ok ? rounded(soon.value) : 0,
      capacityPerReplica: service.capacity.requestsPerSecond,
      utilisation: utilisationOf(situation),
      needed: needed ?? 0,
    },
  };
}

/** What a worker will have to serve when a replica that is started now does; the demand itself where nothing is foreseen. */
function ahead(demand: Reading, lead = 1): Reading {
  return demand.ok ? { ok: true, value: demand.value * lead } : demand;
}

/** What cannot be read of a service on a worker, in words; undefined when all can. */
function unreadOf(worker: WorkerObservation, service: string): string | undefined {
  const observed = worker.services[service];
  const readings = [
    observed?.requestsPerSecond,
    observed?.replicasReady,
    worker.arrivalsPerSecond,
    worker.completionsPerSecond,
  ];
  for (const reading of readings) if (!reading?.ok) return reading?.problem ?? "not observed";
  return undefined;
}
