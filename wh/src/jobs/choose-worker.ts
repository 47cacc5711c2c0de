import type { Observation, WorkerObservation } from "@compose-fleet/policy";

/**
 * Where a job begins: on a worker that serves and does not drain, the one with the least CPU use. A revision may come to workers that run
 * nothing yet, before the first release: then any that has booted will do. Undefined where there is none, or nobody knows.
 */
export function chooseWorker(
  { group }: Pick<Observation, "group">,
  { hasRevision, not }: { readonly hasRevision: boolean; readonly not: ReadonlySet<string> },
): string | undefined {
  if (!group.ok) return undefined;
  const candidates = group.value.workers.filter(({ id, draining }) => !draining && !not.has(id));
  const serving = candidates.filter(({ state, up }) => state === "in-service" && up === true);
  const booted = candidates.filter(
    ({ state, isLaunching }) => state === "in-service" || (state === "pending" && !isLaunching),
  );
  const [best] = [...(serving.length > 0 || !hasRevision ? serving : booted)].sort(byUse);
  return best?.id;
}

function byUse(a: WorkerObservation, b: WorkerObservation): number {
  const useOf = ({ cpuRatio }: WorkerObservation) => (cpuRatio.ok ? cpuRatio.value : 1);
  return useOf(a) - useOf(b) || (a.id < b.id ? -1 : 1);
}
