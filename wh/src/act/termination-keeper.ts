import type { FleetConfig, Observation, WorkerObservation } from "@compose-fleet/policy";
import type { Clock } from "../clock.ts";
import { type Log, messageOf } from "../log.ts";
import type { Outcome } from "./outcome.ts";
import type { DrainActions, TerminationHook } from "./ports.ts";

/** The group's hook waits for 600 s without a heartbeat. */
const HEARTBEAT_MS = 120_000;
const RETRY_MS = 10_000;
/** A worker is gone when this many scrapes in a row had no answer: one may be late on a worker that serves. */
const SILENT_SCRAPES = 5;

export interface TerminationKeeperDeps {
  readonly config: FleetConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly drains: DrainActions;
  readonly hook: TerminationHook;
  /** Undefined when this scaler may not act. */
  readonly nextFence: () => number | undefined;
}

/** Drains workers that somebody else ends (a rebalance, an operator, a Spot interruption) while the group waits for them. */
export interface TerminationKeeper {
  /** Looks at the group once. Never waits and never throws: calls run beside the loop, one at a time per worker. */
  update(observation: Observation): void;
}

/** A worker that drains, or that the group waits for. */
interface Leaving {
  readonly sinceMs: number;
  quietSinceMs?: number;
  silentSinceMs?: number;
  /** Set once the group waits: the wait itself counts as the first one. */
  heartbeatAtMs?: number;
  drainIsSent: boolean;
  isBusy: boolean;
  notBeforeMs: number;
}

/**
 * seen waiting ─not draining─► drain ─quiet for quietSeconds, silent for 5 scrapes, or deadlineSeconds─► complete      (heartbeats meanwhile)
 *              └─draining already───┘
 * Times count from when this scaler saw a worker drain, also before the group waits: one that the scaler drained and ended itself
 * is completed at once. Draining alone says nothing: after a restart or a takeover it must be seen quiet again.
 */
export function createTerminationKeeper(deps: TerminationKeeperDeps): TerminationKeeper {
  const { config, clock, log, drains, hook } = deps;
  const { quietSeconds, deadlineSeconds } = config.scaling.drain;
  const silentMs = SILENT_SCRAPES * config.scaling.metrics.scrapeSeconds * 1000;
  const known = new Map<string, Leaving>();

  const call = async (worker: string, leaving: Leaving, what: string, run: () => Promise<Outcome>): Promise<void> => {
    leaving.isBusy = true;
    const outcome = await run().catch(
      (error: unknown): Outcome => ({ status: "failed", reason: messageOf(error), retryable: true }),
    );
    leaving.isBusy = false;
    if (outcome.status === "failed") leaving.notBeforeMs = clock.monotonicMs() + RETRY_MS;
    log.info({ worker, what, outcome }, "a worker that the group ends");
  };

  const step = (worker: WorkerObservation, leaving: Leaving, metricsReadable: boolean): void => {
    const nowMs = clock.monotonicMs();
    if (!metricsReadable || worker.up !== false) delete leaving.silentSinceMs;
    else leaving.silentSinceMs ??= nowMs;
    const isSilent = leaving.silentSinceMs !== undefined;
    const isGone = leaving.silentSinceMs !== undefined && nowMs - leaving.silentSinceMs >= silentMs;
    const isDue = nowMs - leaving.sinceMs >= deadlineSeconds * 1000;
    if (!isQuiet(worker) || !worker.draining) delete leaving.quietSinceMs;
    else leaving.quietSinceMs ??= nowMs;
    const isDone = leaving.quietSinceMs !== undefined && nowMs - leaving.quietSinceMs >= quietSeconds * 1000;
    if (!worker.awaitsHook) return;
    leaving.heartbeatAtMs ??= nowMs;
    if (leaving.isBusy || nowMs < leaving.notBeforeMs) return;
    if (isGone || isDone || isDue) {
      void call(worker.id, leaving, "complete", () => hook.complete(worker.id));
      // Also when it succeeds: the group is described as waiting for a moment longer.
      leaving.notBeforeMs = nowMs + RETRY_MS;
    } else if (!worker.draining && !leaving.drainIsSent && !isSilent) {
      const fence = deps.nextFence();
      if (fence === undefined) return;
      leaving.drainIsSent = true;
      void call(worker.id, leaving, "drain", async () => {
        const outcome = await drains.setDraining({ worker: worker.id, draining: true, fence });
        if (outcome.status === "failed") leaving.drainIsSent = false;
        return outcome;
      });
    } else if (nowMs - leaving.heartbeatAtMs >= HEARTBEAT_MS) {
      leaving.heartbeatAtMs = nowMs;
      void call(worker.id, leaving, "heartbeat", () => hook.heartbeat(worker.id));
    }
  };

  return {
    update: ({ group, metricsReadable }) => {
      if (!group.ok) return;
      const leavingNow = group.value.workers.filter(({ awaitsHook, draining }) => awaitsHook || draining);
      for (const id of known.keys()) if (!leavingNow.some((worker) => worker.id === id)) known.delete(id);
      for (const worker of leavingNow) {
        const leaving = known.get(worker.id) ?? {
          sinceMs: clock.monotonicMs(),
          drainIsSent: false,
          isBusy: false,
          notBeforeMs: 0,
        };
        known.set(worker.id, leaving);
        step(worker, leaving, metricsReadable);
      }
    },
  };
}

function isQuiet({ services }: WorkerObservation): boolean {
  return Object.values(services).every(
    ({ requestsPerSecond }) => requestsPerSecond.ok && requestsPerSecond.value < 0.05,
  );
}
