import { type FleetConfig, longestJobSeconds } from "@compose-fleet/fleet";
import type { Reason } from "../decision/decision.ts";
import type { WorkerObservation } from "../observation/observation.ts";
import type { Situation } from "../situation/situation.ts";
import { hasEndedJobs, isDead } from "./watch.ts";

/** What may be done with a worker that drains: end it now, or wait. */
export interface DrainProgress {
  readonly mayTerminate: boolean;
  readonly reason: Reason;
}

/** How long a draining worker is waited for, at most: a job that runs has all the time that the longest of the fleet has. Seconds. */
export function drainDeadlineSeconds(worker: WorkerObservation, config: FleetConfig): number {
  const { deadlineSeconds } = config.scaling.drain;
  return hasEndedJobs(worker) ? deadlineSeconds : Math.max(deadlineSeconds, longestJobSeconds(config));
}

/**
 * A draining worker may be terminated when it says itself that it drains, and is quiet, or does not answer any more, or has had its
 * time. Quiet: no request ends, waits or is open, and no job runs.
 * draining ─quiet for quietSeconds─► terminate; ─dead for unhealthySeconds─► terminate; ─deadlineSeconds─► terminate.
 */
export function drainProgress({ config, memory, observation }: Situation, worker: WorkerObservation): DrainProgress {
  const { quietSeconds } = config.scaling.drain;
  const deadlineSeconds = drainDeadlineSeconds(worker, config);
  const nowMs = observation.atMs;
  const watch = memory.watched[worker.id] ?? {};
  const forSeconds = (sinceMs: number | undefined) => (sinceMs === undefined ? 0 : (nowMs - sinceMs) / 1000);
  const drained = Math.floor(forSeconds(watch.drainingSinceMs));
  const open = worker.openRequests.ok ? worker.openRequests.value : "unknown";
  const numbers = { worker: worker.id, seconds: drained, quietSeconds, deadlineSeconds, open };
  const wait: DrainProgress = { mayTerminate: false, reason: { code: "draining", numbers } };
  if (!worker.draining) return wait;
  if (isDead(worker, memory, nowMs, config)) return { mayTerminate: true, reason: { code: "drain-dead", numbers } };
  if (watch.quietSinceMs !== undefined && forSeconds(watch.quietSinceMs) >= quietSeconds)
    return { mayTerminate: true, reason: { code: "drain-quiet", numbers } };
  if (forSeconds(watch.drainingSinceMs) >= deadlineSeconds)
    return { mayTerminate: true, reason: { code: "drain-deadline", numbers } };
  return wait;
}
