import type { FleetConfig } from "@compose-fleet/fleet";
import type { Decision } from "./decision/decision.ts";
import type { DemandHistory } from "./foresight/rebuild.ts";
import { lossesOf, readAfter } from "./group/blind-loss.ts";
import { failedBootsAfter } from "./group/boot.ts";
import { unfilledSince } from "./group/capacity.ts";
import { type LastingState, lastingAfter, lastingAnew, lastingStates } from "./group/lasting.ts";
import { launchFailureAfter } from "./group/launches.ts";
import { type Leaving, leavingWorkers } from "./group/leaving.ts";
import { isTaken } from "./group/taken.ts";
import { believedDrains, inServiceBy, watchWorkers } from "./group/watch.ts";
import { type Limit, limitsInForce } from "./limits/limit.ts";
import { limitOf, type Override } from "./limits/override.ts";
import { demandsOf } from "./observation/demand.ts";
import type { Observation } from "./observation/observation.ts";
import { decideAllReplicas } from "./replicas/decide-replicas.ts";
import { replicasTargets, steppableReplicas } from "./replicas/replicas-target.ts";
import { missingData } from "./rules/stale-data.ts";
import { nextSteps, type Steppable } from "./signals/one-step.ts";
import type { Signal } from "./signals/signal.ts";
import { emptyMemory, type Memory } from "./situation/memory.ts";
import type { Known, Situation, Verdict } from "./situation/situation.ts";
import { decideWorkers } from "./workers/decide-workers.ts";
import { foresightOf } from "./workers/foresee.ts";
import { steppableWorkers } from "./workers/workers-situation.ts";

/** A gap between two ticks longer than this many idle loops means that nothing was watched: windows start anew. */
const GAP_IN_IDLE_LOOPS = 4;

export interface DecideInput {
  readonly config: FleetConfig;
  readonly observation: Observation;
  readonly signals: readonly Signal[];
  readonly overrides: readonly Override[];
  /** What schedules and the budget say. */
  readonly limits?: readonly Limit[] | undefined;
  readonly memory: Memory;
  /** Keys (`targetKey`) of targets with an action under way: they hold, and nothing is remembered as commanded. */
  readonly inFlight: ReadonlySet<string>;
  /**
   * With foresight, after a restart: what the demand was. While it is awaited everything is decided as without foresight; where it is unset,
   * foresight begins with nothing. What the memory holds goes before it.
   */
  readonly history?: DemandHistory | "awaited" | undefined;
}

export interface DecideOutput {
  /** One per target: the worker group, and each service on each in-service worker. */
  readonly decisions: readonly Decision[];
  readonly memory: Memory;
  /** What has lasted for longer than a boot and should not: each is told once, when it is first here, and when it is no more. */
  readonly lasting: readonly LastingState[];
  /** What is due for each worker that the group waits for before it ends it. */
  readonly leaving: readonly Leaving[];
}

/** One tick of the policy. Pure: same input, same output; never throws on any observation. */
export function decide(input: DecideInput): DecideOutput {
  const situation = situationOf(input);
  const ofWorkers = decideWorkers(situation);
  const decisions: Decision[] = [ofWorkers.decision];
  const replicas = decideAllReplicas(situation, decisions);
  const lasting = lastingAfter(situation, ofWorkers.decision);
  return {
    decisions,
    memory: remember(situation, ofWorkers, replicas, lasting),
    lasting: lastingStates(lasting),
    leaving: leavingWorkers(situation),
  };
}

/**
 * The steps that the signals would take in this tick, for whoever has to settle them with other scalers first: what was settled
 * goes into the memory that `decide` gets, which then takes no other.
 */
export function proposeSteps(input: DecideInput): Memory["steps"] {
  return input.signals.length === 0 ? {} : situationOf(input).steps;
}

/** What every rule of this tick looks at. */
export function situationOf({
  config,
  observation,
  overrides,
  limits = [],
  inFlight,
  signals,
  ...input
}: DecideInput): Situation {
  const earlier = fresh(input.memory, observation.atMs, config);
  const { inService, serving, draining } = inServiceBy(observation, earlier, config);
  const demands = demandsOf(inService, Object.keys(config.services));
  const seen = { observation, inService, demands, draining: draining.length + serving.filter(isTaken).length };
  const memory: Memory = {
    ...watchedMemory(earlier, observation, config),
    foresight: foresightOf(earlier, seen, config, input.history),
  };
  const losses = lossesOf({ memory, observation, serving });
  const known: Known = { config, observation, memory, serving, draining, demands, losses };
  const { breakerOpen, missingWorkers } = missingData(serving, config);
  return {
    config,
    observation,
    memory,
    serving,
    draining,
    demands,
    limits: limitsInForce([...limits, ...overrides.map(limitOf)], observation.atMs),
    inFlight,
    steps: nextSteps(memory.steps, signals.filter(asks(observation)), (signal) => steppableBy(signal, known)),
    breakerOpen,
    missingWorkers,
    losses,
  };
}

/** The memory with what this tick's look adds to it. */
function watchedMemory(earlier: Memory, observation: Observation, config: FleetConfig): Memory {
  return {
    atMs: earlier.atMs,
    window: earlier.window,
    replicas: earlier.replicas,
    drains: earlier.drains,
    steps: earlier.steps,
    lasting: earlier.lasting,
    watched: watchWorkers(earlier, observation, config),
    failedBoots: failedBootsAfter(earlier, observation),
    unfilledSinceMs: unfilledSince(earlier.unfilledSinceMs, observation),
    launchFailure: launchFailureAfter(earlier.launchFailure, observation),
    lastReads: readAfter(earlier.lastReads, observation, config),
  };
}

/** The targets that a signal may step. */
function steppableBy(signal: Signal, known: Known): readonly Steppable[] {
  if (signal.scale === "instances") return [steppableWorkers(known)].filter((target) => target !== undefined);
  return replicasTargets(known)
    .filter(
      ({ target }) =>
        (signal.service ?? target.service) === target.service && (signal.worker ?? target.worker) === target.worker,
    )
    .map((target) => steppableReplicas(known, target))
    .filter((target) => target !== undefined);
}

/**
 * Which signals ask for a step: test alerts always; others only upwards, and only while Prometheus cannot be read. None about a worker
 * that is not in the group.
 */
function asks({ group, metricsReadable }: Observation): (signal: Signal) => boolean {
  const isHere = (worker: string) => !group.ok || group.value.workers.some(({ id }) => id === worker);
  return ({ kind, direction, worker }) =>
    (worker === undefined || isHere(worker)) && (kind === "test" || (direction === "up" && !metricsReadable));
}

/** The memory, with its windows emptied when the clock jumped or nobody watched for long. */
function fresh(memory: Memory, nowMs: number, config: FleetConfig): Memory {
  const sinceLastMs = nowMs - memory.atMs;
  const gapMs = Math.max(60, GAP_IN_IDLE_LOOPS * config.scaling.loop.idleSeconds) * 1000;
  return sinceLastMs < 0 || sinceLastMs > gapMs
    ? {
        ...emptyMemory(nowMs),
        steps: memory.steps,
        failedBoots: memory.failedBoots,
        lasting: lastingAnew(memory.lasting, nowMs),
        foresight: memory.foresight,
      }
    : memory;
}

/** Only targets that still exist are remembered. */
function remember(
  situation: Situation,
  ofWorkers: Verdict,
  replicas: Memory["replicas"],
  lasting: Memory["lasting"],
): Memory {
  const { observation, memory, config } = situation;
  const { drain, failedBoot, window } = ofWorkers;
  const drains = believedDrains(memory.drains, observation, config);
  if (drain) drains[drain.worker] = { value: drain.started ? 1 : 0, atMs: observation.atMs };
  const failedBoots = { ...memory.failedBoots };
  if (failedBoot) failedBoots[failedBoot] ??= observation.atMs;
  return {
    atMs: observation.atMs,
    window,
    replicas,
    drains,
    watched: memory.watched,
    steps: situation.steps,
    failedBoots,
    lasting,
    lastReads: memory.lastReads,
    unfilledSinceMs: memory.unfilledSinceMs,
    launchFailure: memory.launchFailure,
    foresight: memory.foresight,
  };
}
