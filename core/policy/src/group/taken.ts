import type { Notice, WorkerObservation } from "../observation/observation.ts";

/**
 * Seconds before a machine is gone, its worker drains in any case: the drain command, the load balancer's health checks and the requests
 * under way take about as long. Nothing is lost by it that AWS would not take.
 */
const LAST_SECONDS = 45;

/** A worker that AWS takes away, by its own word. */
export type Taken = WorkerObservation & { readonly notice: Notice };

/** Whether AWS has said that it takes the worker's machine away: it may serve, and is no capacity to count on. */
export function isTaken(worker: WorkerObservation): worker is Taken {
  return worker.notice !== undefined;
}

/** Whether the machine will be gone whatever anybody does. */
export function isInterrupted({ notice }: WorkerObservation): boolean {
  return notice?.kind === "interruption";
}

/** Whether so little time is left that the worker has to drain now, with others or without. */
export function isNearlyGone({ notice }: WorkerObservation, nowMs: number): boolean {
  return notice?.goneAtMs !== undefined && notice.goneAtMs - nowMs <= LAST_SECONDS * 1000;
}
