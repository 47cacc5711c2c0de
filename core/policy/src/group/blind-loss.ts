import type { FleetConfig } from "@compose-fleet/fleet";
import { demandOn } from "../observation/demand.ts";
import type { Observation, WorkerObservation } from "../observation/observation.ts";
import type { LastRead, Memory } from "../situation/memory.ts";
import type { Situation } from "../situation/situation.ts";
import { servingWorkers } from "./watch.ts";

/**
 * What was last read of each worker in service. While Prometheus cannot be read nothing changes here. One that cannot be read any more is
 * kept for one rate window: from then on the rates of the others show its share.
 */
export function readAfter(
  before: Memory["lastRead"],
  observation: Observation,
  config: FleetConfig,
): Memory["lastRead"] {
  if (!observation.metricsReadable || !observation.group.ok) return before;
  const keepMs = config.scaling.metrics.rateWindowSeconds * 1000;
  const after: Record<string, LastRead> = {};
  for (const [id, read] of Object.entries(before)) if (observation.atMs - read.atMs <= keepMs) after[id] = read;
  for (const worker of observation.group.value.workers) {
    if (worker.state !== "in-service") continue;
    const services: Record<string, LastRead["services"][string]> = {};
    let isRead = false;
    for (const name of Object.keys(worker.services)) {
      const demand = demandOn(worker, name);
      const ready = worker.services[name]?.replicasReady;
      if (!demand.ok || !ready?.ok) continue;
      services[name] = { requestsPerSecond: demand.value, replicas: ready.value };
      isRead = true;
    }
    if (isRead) after[worker.id] = { atMs: observation.atMs, services };
  }
  return after;
}

/** The load that a worker has after others were lost. */
export interface LoadAfterLoss {
  readonly requestsPerSecond: number;
  /** Ids of the workers that are gone, joined. */
  readonly lost: string;
}

/**
 * What `worker` has to serve of `service` when workers are lost while Prometheus cannot be read: its own load as last read, and an equal
 * part of theirs, since the load balancer spreads connections evenly. That they are lost is fresh: the group says so now.
 * Undefined while Prometheus can be read, and when no worker that had load is lost.
 */
export function loadAfterLoss(
  situation: Pick<Situation, "config" | "observation" | "memory">,
  worker: WorkerObservation,
  service: string,
): LoadAfterLoss | undefined {
  if (situation.observation.metricsReadable) return undefined;
  const left = servingWorkers(situation).filter(({ isUnhealthy }) => !isUnhealthy);
  if (!left.some(({ id }) => id === worker.id)) return undefined;
  const loadOf = (id: string) => situation.memory.lastRead[id]?.services[service]?.requestsPerSecond ?? 0;
  const lost = Object.keys(situation.memory.lastRead)
    .filter((id) => !left.some((candidate) => candidate.id === id) && loadOf(id) > 0)
    .sort();
  if (lost.length === 0) return undefined;
  const lostLoad = lost.reduce((sum, id) => sum + loadOf(id), 0);
  return { requestsPerSecond: loadOf(worker.id) + lostLoad / left.length, lost: lost.join(", ") };
}
