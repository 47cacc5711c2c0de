import type { FleetConfig, ServiceConfig } from "@compose-fleet/fleet";
import { type Reason, targetKey } from "../decision/decision.ts";
import { type AskedBounds, askedBounds } from "../limits/limit.ts";
import { rounded } from "../numbers/bounds.ts";
import { demandOn } from "../observation/demand.ts";
import type { Observation, Reading, WorkerObservation } from "../observation/observation.ts";
import type { PerhapsStale } from "../rules/stale-data.ts";
import { heldBounds } from "../signals/one-step.ts";
import type { Commanded, Memory, ReplicasMemory } from "../situation/memory.ts";
import type { Losses, Situation } from "../situation/situation.ts";
import { stabilize, type Window } from "../situation/stabilization.ts";
import { currentReplicas, type ReplicasTarget, readyReplicas, replicasFor, utilisationOf } from "./replicas-target.ts";

/** What the rules of one service on one worker look at, computed once a tick. Numbers are replicas. */
export interface ReplicasSituation extends PerhapsStale, ReplicasTarget {
  readonly target: ReplicasTarget["target"];
  /** Of the target among all. */
  readonly key: string;
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
  return new TargetLook(situation, target);
}

/**
 * A tick has one for each service on each worker, tens of thousands in a large fleet. So what all of them share is looked up, not copied,
 * and what hardly any rule asks for is computed when it is asked for.
 */
class TargetLook implements ReplicasSituation {
  readonly target: ReplicasTarget["target"];
  readonly worker: WorkerObservation;
  readonly service: ServiceConfig;
  readonly known: ReplicasMemory | undefined;
  readonly asked: AskedBounds;
  readonly current: number | undefined;
  readonly demand: Reading;
  readonly needed: number | undefined;
  readonly unread: string | undefined;
  readonly keep: number;
  readonly window: Window;
  readonly #situation: Situation;
  /** The demand when a replica that is started now serves. */
  readonly #soon: Reading;

  constructor(situation: Situation, target: ReplicasTarget) {
    const { config, memory, observation } = situation;
    const { replicas: parameters } = config.scaling;
    const { service } = target;
    const { max } = service.replicas;
    const name = target.target.service;
    this.#situation = situation;
    this.target = target.target;
    this.worker = target.worker;
    this.service = service;
    this.known = target.known;
    this.asked = askedBounds(situation.limits, name, service.replicas);
    this.current = currentReplicas(situation, target);
    this.demand = demandOn(target.worker, name);
    this.#soon = ahead(this.demand, memory.foresight?.now?.leads[name]);
    this.needed = replicasFor(this.#soon, situation, service);
    this.unread = unreadOf(target.worker, name);
    // Without data, what runs is the recommendation: every blind moment delays scaling in by a whole window.
    const roomy = replicasFor(this.#soon, situation, service, parameters.scaleInShare) ?? this.current ?? max;
    this.keep = this.unread === undefined ? roomy : Math.max(roomy, this.current ?? max);
    this.window = stabilize(
      target.known?.window,
      memory.atMs,
      observation.atMs,
      this.keep,
      parameters.scaleInWindowSeconds * 1000,
    );
  }

  get config(): FleetConfig {
    return this.#situation.config;
  }

  get observation(): Observation {
    return this.#situation.observation;
  }

  get memory(): Memory {
    return this.#situation.memory;
  }

  get serving(): readonly WorkerObservation[] {
    return this.#situation.serving;
  }

  get demands(): Situation["demands"] {
    return this.#situation.demands;
  }

  get draining(): readonly WorkerObservation[] {
    return this.#situation.draining;
  }

  get steps(): Memory["steps"] {
    return this.#situation.steps;
  }

  get limits(): Situation["limits"] {
    return this.#situation.limits;
  }

  get inFlight(): ReadonlySet<string> {
    return this.#situation.inFlight;
  }

  get breakerOpen(): boolean {
    return this.#situation.breakerOpen;
  }

  get missingWorkers(): number {
    return this.#situation.missingWorkers;
  }

  get losses(): Losses | undefined {
    return this.#situation.losses;
  }

  get key(): string {
    return targetKey(this.target);
  }

  get min(): number {
    return this.service.replicas.min;
  }

  get max(): number {
    return this.service.replicas.max;
  }

  get ready(): Reading {
    return readyReplicas(this);
  }

  get commandedBefore(): Commanded | undefined {
    return this.known?.commanded;
  }

  get isSettled(): boolean {
    const { commandedBefore, config, observation } = this;
    const settleMs = config.scaling.replicas.settleSeconds * 1000;
    return commandedBefore !== undefined && observation.atMs - commandedBefore.atMs >= settleMs;
  }

  get loadProblem(): string | undefined {
    return this.demand.ok ? undefined : this.demand.problem;
  }

  get wouldShrink(): boolean {
    return this.needed !== undefined && this.current !== undefined && this.needed < this.current;
  }

  get floor(): number | undefined {
    return heldBounds(this.steps, this.target).floor;
  }

  get ceiling(): number | undefined {
    return heldBounds(this.steps, this.target).ceiling;
  }

  get load(): Reason["numbers"] {
    return {
      requestsPerSecond: this.#soon.ok ? rounded(this.#soon.value) : 0,
      capacityPerReplica: this.service.capacity.requestsPerSecond,
      utilisation: utilisationOf(this.#situation),
      needed: this.needed ?? 0,
    };
  }
}

/** What a worker will have to serve when a replica that is started now does; the demand itself where nothing is foreseen. */
function ahead(demand: Reading, lead: number | undefined): Reading {
  return demand.ok && lead !== undefined ? { ok: true, value: demand.value * lead } : demand;
}

/** What cannot be read of a service on a worker, in words; undefined when all can. */
function unreadOf(worker: WorkerObservation, service: string): string | undefined {
  const observed = worker.services[service];
  if (observed === undefined) return "not observed";
  const { replicasReady, requestsPerSecond } = observed;
  const { arrivalsPerSecond, completionsPerSecond } = worker;
  if (!requestsPerSecond.ok) return requestsPerSecond.problem;
  if (!replicasReady.ok) return replicasReady.problem;
  if (!arrivalsPerSecond.ok) return arrivalsPerSecond.problem;
  return completionsPerSecond.ok ? undefined : completionsPerSecond.problem;
}
