import { demandOn, isDemandWhole } from "../observation/demand.ts";
import type { WorkerObservation } from "../observation/observation.ts";

/**
 * The worker to remove: in the zone with the most workers, so that zones stay balanced; there the least busy one; then the oldest.
 * Of `candidates`, the workers that serve; undefined when there is none.
 */
export function pickVictim(candidates: readonly WorkerObservation[]): WorkerObservation | undefined {
  const inZone = (zone: string) => candidates.filter((worker) => worker.zone === zone).length;
  const fullest = Math.max(...candidates.map(({ zone }) => inZone(zone)));
  return candidates
    .filter(({ zone }) => inZone(zone) === fullest)
    .sort((a, b) => busyness(a) - busyness(b) || a.launchedAtMs - b.launchedAtMs || a.id.localeCompare(b.id))[0];
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
