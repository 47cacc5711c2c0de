import { demandOn, isDemandWhole } from "../observation/demand.ts";
import type { WorkerObservation } from "../observation/observation.ts";

/**
 * The worker to remove: in the zone with the most workers, so that zones stay balanced; there the least busy one; then the oldest.
 * Of `candidates`, the workers that serve; undefined when there is none.
 */
export function pickVictim(candidates: readonly WorkerObservation[]): WorkerObservation | undefined {
  const inZone = new Map<string, number>();
  for (const { zone } of candidates) inZone.set(zone, (inZone.get(zone) ?? 0) + 1);
  let fullest = 0;
  for (const count of inZone.values()) fullest = Math.max(fullest, count);
  let victim: Candidate | undefined;
  for (const worker of candidates) {
    if (inZone.get(worker.zone) !== fullest) continue;
    const candidate = { worker, busyness: busyness(worker) };
    if (victim === undefined || goesBefore(candidate, victim)) victim = candidate;
  }
  return victim?.worker;
}

interface Candidate {
  readonly worker: WorkerObservation;
  readonly busyness: number;
}

function goesBefore(a: Candidate, b: Candidate): boolean {
  // Infinity minus itself is no number, and no difference.
  if (a.busyness !== b.busyness) return a.busyness < b.busyness;
  const { launchedAtMs, id } = a.worker;
  if (launchedAtMs !== b.worker.launchedAtMs) return launchedAtMs < b.worker.launchedAtMs;
  return id.localeCompare(b.worker.id) < 0;
}

/** Requests per second over all services; a worker that cannot be read counts as the busiest: in doubt, do not terminate it. */
function busyness(worker: WorkerObservation): number {
  let sum = 0;
  for (const service of Object.keys(worker.services)) {
    const demand = demandOn(worker, service);
    if (!demand.ok || !isDemandWhole(worker, service)) return Number.POSITIVE_INFINITY;
    sum += demand.value;
  }
  return sum;
}
