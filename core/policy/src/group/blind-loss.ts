import type { FleetConfig } from "@compose-fleet/fleet";
import { demandOn } from "../observation/demand.ts";
import type { Observation, WorkerObservation } from "../observation/observation.ts";
import type { LastRead, LastReads } from "../situation/memory.ts";
import type { Losses, Situation } from "../situation/situation.ts";

/**
 * What was last read of each worker in service. While Prometheus cannot be read nothing changes here. One that cannot be read any more is
 * kept for one rate window: from then on the rates of the others show its share.
 */
export function readAfter(
  before: LastReads | undefined,
  { atMs, group, metricsReadable }: Observation,
  config: FleetConfig,
): LastReads | undefined {
  if (!metricsReadable || !group.ok) return before;
  const { workers } = group.value;
  const keptFromMs = atMs - config.scaling.metrics.rateWindowSeconds * 1000;
  return { atMs, workers, earlier: before === undefined ? [] : unreadNow(before, workers, keptFromMs) };
}

/** Those of `before` that cannot be read among `workers`. */
function unreadNow(before: LastReads, workers: readonly WorkerObservation[], keptFromMs: number): readonly LastRead[] {
  const perhaps = before.earlier.filter(({ atMs }) => atMs >= keptFromMs);
  if (before.atMs >= keptFromMs)
    for (const [index, worker] of before.workers.entries()) {
      const same = workers[index];
      // Most of the time the same workers come in the same order.
      if (isRead(worker) && !(same?.id === worker.id && isRead(same))) perhaps.push({ atMs: before.atMs, worker });
    }
  if (perhaps.length === 0) return perhaps;
  const read = new Set(workers.filter(isRead).map(({ id }) => id));
  return perhaps.filter(({ worker }) => !read.has(worker.id));
}

/** Whether anything of it says what it serves. */
function isRead({ services, state }: WorkerObservation): boolean {
  if (state !== "in-service") return false;
  for (const name in services) {
    const { replicasReady, requestsPerSecond } = services[name] ?? {};
    if (requestsPerSecond?.ok && replicasReady?.ok) return true;
  }
  return false;
}

/** By worker. */
function lastReadsById(reads: LastReads | undefined): ReadonlyMap<string, LastRead> {
  const byId = new Map<string, LastRead>();
  if (reads === undefined) return byId;
  for (const read of reads.earlier) byId.set(read.worker.id, read);
  for (const worker of reads.workers) if (isRead(worker)) byId.set(worker.id, { atMs: reads.atMs, worker });
  return byId;
}

/** What a worker served of a service, and with how many replicas, when it could last be read; undefined where it could not. */
export function lastReadOf(
  read: LastRead | undefined,
  service: string,
): { readonly requestsPerSecond: number; readonly replicas: number } | undefined {
  if (read === undefined) return undefined;
  const demand = demandOn(read.worker, service);
  const ready = read.worker.services[service]?.replicasReady;
  return demand.ok && ready?.ok ? { requestsPerSecond: demand.value, replicas: ready.value } : undefined;
}

/** Who is lost: fresh, since the group says so now. Undefined while Prometheus can be read. */
export function lossesOf({
  memory,
  observation,
  serving,
}: Pick<Situation, "observation" | "memory" | "serving">): Losses | undefined {
  if (observation.metricsReadable) return undefined;
  const left = new Set(serving.filter(({ isUnhealthy }) => !isUnhealthy).map(({ id }) => id));
  const lastReads = lastReadsById(memory.lastReads);
  const lost: Record<string, { workers: string[]; requestsPerSecond: number }> = {};
  for (const [id, read] of [...lastReads].sort(byId)) {
    if (left.has(id)) continue;
    for (const service of Object.keys(read.worker.services)) {
      const { requestsPerSecond = 0 } = lastReadOf(read, service) ?? {};
      if (requestsPerSecond <= 0) continue;
      const known = lost[service] ?? { workers: [], requestsPerSecond: 0 };
      known.workers.push(id);
      known.requestsPerSecond += requestsPerSecond;
      lost[service] = known;
    }
  }
  return { left, lastReads, lost };
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
  losses: Losses | undefined,
  worker: WorkerObservation,
  service: string,
): LoadAfterLoss | undefined {
  const lost = losses?.lost[service];
  if (losses === undefined || lost === undefined || !losses.left.has(worker.id)) return undefined;
  const own = lastReadOf(losses.lastReads.get(worker.id), service)?.requestsPerSecond ?? 0;
  return { requestsPerSecond: own + lost.requestsPerSecond / losses.left.size, lost: lost.workers.join(", ") };
}

function byId([a]: readonly [string, LastRead], [b]: readonly [string, LastRead]): number {
  return a < b ? -1 : Number(a > b);
}
