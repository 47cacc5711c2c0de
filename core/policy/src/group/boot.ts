import type { FleetConfig } from "@compose-fleet/fleet";
import type { WorkerObservation } from "../observation/observation.ts";
import type { Memory } from "../situation/memory.ts";
import type { Situation } from "../situation/situation.ts";
import { isNobodyWatched } from "./watch.ts";

/** A failed boot older than this counts no more: whoever repaired the cause should not have to reset anything. */
const FAILED_BOOT_MEMORY_MS = 60 * 60_000;

/**
 * Whether the worker has been seen launched and without an answer for `bootSeconds`. Counted from the first look, not from the launch:
 * neither a clock that jumps nor a restart of the scaler makes a worker look older than it is.
 */
export function hasFailedToBoot(
  worker: WorkerObservation,
  { watched }: Pick<Memory, "watched">,
  nowMs: number,
  config: FleetConfig,
): boolean {
  const sinceMs = watched[worker.id]?.bootingSinceMs;
  return sinceMs !== undefined && nowMs - sinceMs >= config.scaling.workers.bootSeconds * 1000;
}

/** The worker that has been booting for longest, at least `bootSeconds`; one given up already only if there is no other. */
export function findNeverServed({
  config,
  memory,
  observation,
}: Situation):
  | { readonly worker: WorkerObservation; readonly seconds: number; readonly isGivenUp: boolean }
  | undefined {
  if (!observation.group.ok || isNobodyWatched(memory)) return undefined;
  const bootingForMs = ({ id }: WorkerObservation) => observation.atMs - (memory.watched[id]?.bootingSinceMs ?? 0);
  const isGivenUp = ({ id }: WorkerObservation) => memory.failedBoots[id] !== undefined;
  const worker = observation.group.value.workers
    .filter((candidate) => hasFailedToBoot(candidate, memory, observation.atMs, config))
    .sort(
      (a, b) =>
        Number(isGivenUp(a)) - Number(isGivenUp(b)) || bootingForMs(b) - bootingForMs(a) || a.id.localeCompare(b.id),
    )[0];
  return worker && { worker, seconds: Math.floor(bootingForMs(worker) / 1000), isGivenUp: isGivenUp(worker) };
}

/** Failed boots that still count: of the last hour, and none once a worker has come into service after them. */
export function failedBootsAfter(before: Memory, { atMs, group }: Situation["observation"]): Memory["failedBoots"] {
  const hasComeUp =
    group.ok &&
    group.value.workers.some(
      ({ id, state }) => state === "in-service" && before.watched[id]?.bootingSinceMs !== undefined,
    );
  if (hasComeUp) return {};
  const recent: Record<string, number> = {};
  for (const [id, failedAtMs] of Object.entries(before.failedBoots))
    if (failedAtMs <= atMs && atMs - failedAtMs < FAILED_BOOT_MEMORY_MS) recent[id] = failedAtMs;
  return recent;
}
