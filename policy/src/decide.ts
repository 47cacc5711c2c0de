import { failedBootsAfter } from "./boot.ts";
import { unfilledSince } from "./capacity.ts";
import { type Decision, targetKey } from "./decision.ts";
import type { FleetConfig } from "./fleet-config/schema.ts";
import { readAfter } from "./last-read.ts";
import { type LastingState, lastingAfter, lastingAnew, lastingStates } from "./lasting.ts";
import { launchFailureAfter } from "./launches.ts";
import { emptyMemory, type Memory, type Recommendation } from "./memory.ts";
import type { Observation, Override, Signal } from "./observation.ts";
import { decideReplicas, replicasTargets, steppableReplicas } from "./replicas.ts";
import { nextSteps, type Steppable } from "./signals.ts";
import type { Tick, Verdict } from "./tick.ts";
import { believedDrains, drainKey, isWithoutData, servingWorkers, watchWorkers } from "./watch.ts";
import { decideWorkers, steppableWorkers } from "./workers.ts";

/** A gap between two ticks longer than this many idle loops means that nothing was watched: windows start anew. */
const GAP_IN_IDLE_LOOPS = 4;

export interface DecideInput {
  readonly config: FleetConfig;
  readonly observation: Observation;
  readonly signals: readonly Signal[];
  readonly overrides: readonly Override[];
  readonly memory: Memory;
  /** Keys (`targetKey`) of targets with an action under way: they hold, and nothing is remembered as commanded. */
  readonly inFlight: ReadonlySet<string>;
}

export interface DecideOutput {
  /** One per target: the worker group, and each service on each in-service worker. */
  readonly decisions: readonly Decision[];
  readonly memory: Memory;
  /** What has lasted for longer than a boot and should not: each is told once, when it is first here, and when it is no more. */
  readonly lasting: readonly LastingState[];
}

/** One tick of the policy. Pure: same input, same output; never throws on any observation. */
export function decide(input: DecideInput): DecideOutput {
  const { config, observation } = input;
  const earlier = fresh(input.memory, observation.atMs, config);
  const memory = {
    ...earlier,
    watched: watchWorkers(earlier, observation, config),
    failedBoots: failedBootsAfter(earlier, observation),
    unfilledSinceMs: unfilledSince(earlier.unfilledSinceMs, observation),
    launchFailure: launchFailureAfter(earlier.launchFailure, observation),
    lastRead: readAfter(earlier.lastRead, observation, config),
  };
  const known = { config, observation, memory };
  const targets = replicasTargets(known);
  const serving = servingWorkers(known);
  const missing = serving.filter(isWithoutData).length;

  const steppable = (signal: Signal): Steppable[] => {
    const found =
      signal.scale === "instances"
        ? [steppableWorkers(known)]
        : targets
            .filter(
              ({ target }) =>
                (signal.service ?? target.service) === target.service &&
                (signal.worker ?? target.worker) === target.worker,
            )
            .map((target) => steppableReplicas(known, target));
    return found.filter((target) => target !== undefined);
  };
  const tick: Tick = {
    config,
    observation,
    memory,
    overrides: input.overrides,
    inFlight: input.inFlight,
    steps: nextSteps(memory.steps, input.signals.filter(asks(observation)), steppable),
    breakerOpen: serving.length > 0 && missing / serving.length > config.scaling.missingWorkersLimit,
    missingWorkers: missing,
  };

  const ofWorkers = decideWorkers(tick);
  const verdicts = new Map<string, Verdict>([["workers", ofWorkers]]);
  for (const target of targets) verdicts.set(targetKey(target.target), decideReplicas(tick, target));
  const lasting = lastingAfter(tick, ofWorkers.decision);
  return {
    decisions: [...verdicts.values()].map(({ decision }) => decision),
    memory: { ...remember(tick, verdicts), lasting },
    lasting: lastingStates(lasting),
  };
}

/** Which signals ask for a step: test alerts always; others only upwards, and only while Prometheus cannot be read. */
function asks(observation: Observation): (signal: Signal) => boolean {
  return ({ kind, direction }) => kind === "test" || (direction === "up" && !observation.metricsReadable);
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
      }
    : memory;
}

/** Only targets that still exist are remembered. */
function remember(tick: Tick, verdicts: ReadonlyMap<string, Verdict>): Omit<Memory, "lasting"> {
  const recommendations: Record<string, readonly Recommendation[]> = {};
  const { observation, memory, config } = tick;
  const commanded = believedDrains(memory.commanded, observation, config);
  const failedBoots = { ...memory.failedBoots };
  for (const [key, verdict] of verdicts) {
    recommendations[key] = verdict.recommendations;
    if (verdict.commanded) commanded[key] = verdict.commanded;
    if (verdict.drain)
      commanded[drainKey(verdict.drain.worker)] = { value: verdict.drain.started ? 1 : 0, atMs: observation.atMs };
    if (verdict.failedBoot) failedBoots[verdict.failedBoot] ??= observation.atMs;
  }
  return {
    atMs: observation.atMs,
    recommendations,
    commanded,
    watched: memory.watched,
    steps: tick.steps,
    failedBoots,
    lastRead: memory.lastRead,
    unfilledSinceMs: memory.unfilledSinceMs,
    launchFailure: memory.launchFailure,
  };
}
