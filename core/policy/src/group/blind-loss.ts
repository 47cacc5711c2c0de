import type { FleetConfig } from "@compose-fleet/fleet";
import { demandOn } from "../observation/demand.ts";
import type { Observation, WorkerObservation } from "../observation/observation.ts";
import type { LastRead, Memory } from "../situation/memory.ts";
import type { Losses, Situation } from "../situation/situation.ts";
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

/** Who is lost: fresh, since the group says so now. Undefined while Prometheus can be read. */
export function lossesOf(situation: Pick<Situation, "config" | "observation" | "memory">): Losses | undefined {
  if (situation.observation.metricsReadable) return undefined;
  const serving = servingWorkers(situation).filter(({ isUnhealthy }) => !isUnhealthy);
  const left = new Set(serving.map(({ id }) => id));
  const lost: Record<string, { workers: string[]; requestsPerSecond: number }> = {};
  for (const [id, { services }] of Object.entries(situation.memory.lastRead).sort(byId)) {
    if (left.has(id)) continue;
    for (const [service, { requestsPerSecond }] of Object.entries(services)) {
      if (requestsPerSecond <= 0) continue;
      const known = lost[service] ?? { workers: [], requestsPerSecond: 0 };
      known.workers.push(id);
      known.requestsPerSecond += requestsPerSecond;
      lost[service] = known;
    }
  }
  return { left, lost };
}

/** The load that a worker has after others were lost. */
export interface LoadAfterLoss {
  readonly requestsPerSecond: number;
  /** Ids of the workers that are gone, joined. */
  readonly lost: string;
}

/**
 * What `worker` has to serve of `service` when workers are lost while Prometheus cannot be read: its own load as last read, and an equal
 * part of theirs, since the load balancer spreads connections evenly. Undefined while Prometheus can be read, and when no worker that had
 * load is lost.
 */
export function loadAfterLoss(
  { losses, memory }: Pick<Situation, "losses" | "memory">,
  worker: WorkerObservation,
  service: string,
): LoadAfterLoss | undefined {
  const lost = losses?.lost[service];
  if (losses === undefined || lost === undefined || !losses.left.has(worker.id)) return undefined;
  const own = memory.lastRead[worker.id]?.services[service]?.requestsPerSecond ?? 0;
  return { requestsPerSecond: own + lost.requestsPerSecond / losses.left.size, lost: lost.workers.join(", ") };
}

function byId([a]: readonly [string, LastRead], [b]: readonly [string, LastRead]): number {
  return a < b ? -1 : Number(a > b);
}
