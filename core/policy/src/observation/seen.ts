import type { WorkerObservation, WorkerState } from "./observation.ts";

/** What was seen of workers that are still in the group. Lost with a restart: the first look tells it again. */
export interface SeenWorkers {
  /** Those whose scrape target has been up at least once. */
  readonly up: ReadonlySet<string>;
  /** Those that drained when they were last asked: one that cannot be asked has not come back by that. */
  readonly draining: ReadonlySet<string>;
}

/** Nobody has looked yet. */
export const nobodySeen: SeenWorkers = { up: new Set(), draining: new Set() };

/** What one look tells of a worker, before it is known whether it serves. */
export interface MemberLook {
  readonly id: string;
  readonly state: WorkerState;
  readonly launchedAtMs: number;
  readonly up: boolean | "unknown";
  /** Whether scrape targets could be asked for at all. */
  readonly isUpReadable: boolean;
}

/**
 * EC2 health checks make an instance InService when it boots: for the policy it serves from the first time its scrape target was up.
 * Without any metrics (a restart while blind) age decides instead: it serves when it is older than `bootMs`.
 */
export function stateAsSeen(look: MemberLook, seen: SeenWorkers, atMs: number, bootMs: number): WorkerState {
  if (look.state !== "in-service" || look.up === true || seen.up.has(look.id)) return look.state;
  const isOld = atMs - look.launchedAtMs > bootMs;
  return !look.isUpReadable && isOld ? "in-service" : "pending";
}

/** What is remembered after a look at the whole group. */
export function seenAfter(before: SeenWorkers, workers: readonly WorkerObservation[]): SeenWorkers {
  const idsOf = (matching: (worker: WorkerObservation) => boolean) =>
    new Set(workers.filter(matching).map(({ id }) => id));
  return { up: idsOf(({ id, up }) => up === true || before.up.has(id)), draining: idsOf(({ draining }) => draining) };
}
