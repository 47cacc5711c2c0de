import type { ServiceConfig } from "@compose-fleet/fleet";
import { type Target, targetKey } from "../decision/decision.ts";
import { servingWorkers } from "../group/watch.ts";
import { clamp, wholeUnits } from "../numbers/bounds.ts";
import { demandOn, isDemandWhole } from "../observation/demand.ts";
import type { Reading, WorkerObservation } from "../observation/observation.ts";
import type { Steppable } from "../signals/one-step.ts";
import type { Situation } from "../situation/situation.ts";

/** One service on one worker. */
export interface ReplicasTarget {
  readonly target: Extract<Target, { kind: "replicas" }>;
  /** Of the target among all. */
  readonly key: string;
  readonly worker: WorkerObservation;
  readonly service: ServiceConfig;
}

/** Every service on every worker that serves and does not drain. */
export function replicasTargets(situation: Pick<Situation, "config" | "observation" | "memory">): ReplicasTarget[] {
  const services = Object.entries(situation.config.services);
  const targets: ReplicasTarget[] = [];
  for (const worker of servingWorkers(situation))
    for (const [name, service] of services) {
      const target = { kind: "replicas", worker: worker.id, service: name } as const;
      targets.push({ target, key: targetKey(target), worker, service });
    }
  return targets;
}

/** With foresight a replica is filled to this share at most: a worker's room costs nothing until it is used. */
const FORESEEN_UTILISATION = 0.5;

/** The share of its capacity to load a replica to. */
export function utilisationOf({ config, memory }: Pick<Situation, "config" | "memory">): number {
  const { utilisation } = config.scaling;
  return memory.foresight?.now === undefined ? utilisation : Math.min(utilisation, FORESEEN_UTILISATION);
}

/**
 * Replicas that a load needs, each filled to `share` of its utilisation, within bounds (HPA: ceil(load / (target × utilisation)));
 * undefined when the load cannot be read.
 */
export function replicasFor(
  load: Reading,
  situation: Pick<Situation, "config" | "memory">,
  service: ServiceConfig,
  share = 1,
): number | undefined {
  if (!load.ok) return undefined;
  const perReplica = share * utilisationOf(situation) * service.capacity.requestsPerSecond;
  return clamp(wholeUnits(load.value / perReplica), service.replicas.min, service.replicas.max);
}

/** What was observed of the replicas that run. */
export function readyReplicas({ target, worker }: ReplicasTarget): Reading {
  return worker.services[target.service]?.replicasReady ?? { ok: false, problem: "not observed" };
}

/** What is wanted now: the number last commanded, else what runs, else, while Prometheus cannot be read, what last ran. Undefined when nothing is known. */
export function currentReplicas(
  { memory, observation }: Pick<Situation, "memory" | "observation">,
  target: ReplicasTarget,
): number | undefined {
  const ready = readyReplicas(target);
  const lastRead = observation.metricsReadable
    ? undefined
    : memory.lastRead[target.worker.id]?.services[target.target.service];
  return memory.commanded[target.key]?.value ?? (ready.ok ? ready.value : lastRead?.replicas);
}

/** The target as a signal sees it; undefined when its current number is unknown. */
export function steppableReplicas(
  situation: Pick<Situation, "config" | "memory" | "observation">,
  target: ReplicasTarget,
): Steppable | undefined {
  const current = currentReplicas(situation, target);
  if (current === undefined) return undefined;
  const { service: name } = target.target;
  const demand = demandOn(target.worker, name);
  return {
    key: target.key,
    current,
    ...target.service.replicas,
    needed: isDemandWhole(target.worker, name) ? replicasFor(demand, situation, target.service) : undefined,
    pressure: demand.ok ? demand.value / Math.max(1, current) : 0,
  };
}
