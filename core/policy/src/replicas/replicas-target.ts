import type { ServiceConfig } from "@compose-fleet/fleet";
import { type Target, targetKey } from "../decision/decision.ts";
import { lastReadOf } from "../group/blind-loss.ts";
import { demandOn, isDemandWhole } from "../observation/demand.ts";
import type { Reading, WorkerObservation } from "../observation/observation.ts";
import { replicasNeed } from "../replica-needs/replicas-need.ts";
import type { Steppable } from "../signals/one-step.ts";
import type { ReplicasMemory } from "../situation/memory.ts";
import type { Known, Situation } from "../situation/situation.ts";

/** One service on one worker. */
export interface ReplicasTarget {
  readonly target: Extract<Target, { kind: "replicas" }>;
  /** What is remembered of it. */
  readonly known: ReplicasMemory | undefined;
  readonly worker: WorkerObservation;
  readonly service: ServiceConfig;
}

/** Every service on every worker that serves and does not drain. */
export function replicasTargets({ config, memory, serving }: Known): readonly ReplicasTarget[] {
  const services = Object.entries(config.services);
  return serving.flatMap((worker) => {
    const known = memory.replicas[worker.id];
    return services.map(([name, service]) => targetOn(worker, name, service, known?.[name]));
  });
}

/** One service on one worker, and what is remembered of it. */
export function targetOn(
  worker: WorkerObservation,
  name: string,
  service: ServiceConfig,
  known: ReplicasMemory | undefined,
): ReplicasTarget {
  return { target: { kind: "replicas", worker: worker.id, service: name }, worker, service, known };
}

const NOT_OBSERVED: Reading = { ok: false, problem: "not observed" };

/** What was observed of the replicas that run. */
export function readyReplicas({ target, worker }: ReplicasTarget): Reading {
  return worker.services[target.service]?.replicasReady ?? NOT_OBSERVED;
}

/** What is wanted now: the number last commanded, else what runs, else, while Prometheus cannot be read, what last ran. Undefined when nothing is known. */
export function currentReplicas({ losses }: Pick<Situation, "losses">, target: ReplicasTarget): number | undefined {
  if (target.known?.commanded !== undefined) return target.known.commanded.value;
  const ready = readyReplicas(target);
  if (ready.ok) return ready.value;
  return lastReadOf(losses?.lastReads.get(target.worker.id), target.target.service)?.replicas;
}

/** The target as a signal sees it; undefined when its current number is unknown. */
export function steppableReplicas(situation: Known, target: ReplicasTarget): Steppable | undefined {
  const current = currentReplicas(situation, target);
  if (current === undefined) return undefined;
  const { service: name } = target.target;
  const demand = demandOn(target.worker, name);
  const need = replicasNeed(situation, target);
  const isCounted = target.service.capacity === undefined || isDemandWhole(target.worker, name);
  return {
    key: targetKey(target.target),
    current,
    ...target.service.replicas,
    needed: isCounted && need.problem === undefined ? need.needed : undefined,
    pressure: demand.ok ? demand.value / Math.max(1, current) : 0,
  };
}
