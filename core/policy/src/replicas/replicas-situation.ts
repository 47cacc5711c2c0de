import type { FleetConfig, ServiceConfig } from "@compose-fleet/fleet";
import { type Reason, targetKey } from "../decision/decision.ts";
import { type AskedBounds, askedBounds } from "../limits/limit.ts";
import type { Observation, Reading, WorkerObservation } from "../observation/observation.ts";
import { type ReplicasNeed, replicasNeed } from "../replica-needs/replicas-need.ts";
import type { PerhapsStale } from "../rules/stale-data.ts";
import { heldBounds } from "../signals/one-step.ts";
import type { Commanded, Memory, ReplicasMemory } from "../situation/memory.ts";
import type { Losses, Situation } from "../situation/situation.ts";
import { stabilize, type Window } from "../situation/stabilization.ts";
import { currentReplicas, type ReplicasTarget, readyReplicas } from "./replicas-target.ts";

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
  /** What is needed; undefined when nothing of it can be read. */
  readonly needed: number | undefined;
  /** The name of the need that is the largest. */
  readonly boundBy: string;
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

/** The target of this tick as its rules look at it. `asked` is the same on every worker. */
export function replicasSituation(
  situation: Situation,
  target: ReplicasTarget,
  asked = askedBounds(situation.limits, target.target.service, target.service.replicas),
): ReplicasSituation {
  return new TargetLook(situation, target, asked);
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
  readonly needed: number | undefined;
  readonly unread: string | undefined;
  readonly keep: number;
  readonly window: Window;
  readonly #situation: Situation;
  readonly #need: ReplicasNeed;

  constructor(situation: Situation, target: ReplicasTarget, asked: AskedBounds) {
    const { config, memory, observation } = situation;
    const { replicas: parameters } = config.scaling;
    const { service } = target;
    const { max } = service.replicas;
    this.#situation = situation;
    this.target = target.target;
    this.worker = target.worker;
    this.service = service;
    this.known = target.known;
    this.asked = asked;
    this.current = currentReplicas(situation, target);
    this.#need = replicasNeed(situation, target);
    this.needed = this.#need.needed;
    this.unread = unreadOf(target) ?? this.#need.problem;
    // Without data, what runs is the recommendation: every blind moment delays scaling in by a whole window.
    const roomy = this.#need.roomy ?? this.current ?? max;
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
    return this.needed === undefined ? (this.#need.problem ?? "nothing is measured of it") : undefined;
  }

  get boundBy(): string {
    return this.#need.boundBy;
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
    return this.#need.numbers();
  }
}

/** What cannot be read of a service on a worker beside its needs, in words; undefined when all can. */
function unreadOf({ service, target, worker }: ReplicasTarget): string | undefined {
  const observed = worker.services[target.service];
  if (observed === undefined) return "not observed";
  const { replicasReady, requestsPerSecond } = observed;
  const { arrivalsPerSecond, completionsPerSecond } = worker;
  if (service.capacity === undefined) return replicasReady.ok ? undefined : replicasReady.problem;
  if (!requestsPerSecond.ok) return requestsPerSecond.problem;
  if (!replicasReady.ok) return replicasReady.problem;
  if (!arrivalsPerSecond.ok) return arrivalsPerSecond.problem;
  return completionsPerSecond.ok ? undefined : completionsPerSecond.problem;
}
