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

interface Waiting {
  readonly sinceMs: number;
  /** It drained when the group began to wait: we have ended it ourselves. */
  readonly drainedBefore: boolean;
  quietSinceMs?: number;
  silentSinceMs?: number;
  heartbeatAtMs: number;
  drainIsSent: boolean;
  isBusy: boolean;
  notBeforeMs: number;
}

/**
 * seen waiting ─draining already, or silent for 5 scrapes─► complete
 *              └─serving─► drain ─quiet for quietSeconds, silent for 5 scrapes, or deadlineSeconds─► complete      (heartbeats meanwhile)
 */
export function createTerminationKeeper(deps: TerminationKeeperDeps): TerminationKeeper {
  const { config, clock, log, drains, hook } = deps;
  const { quietSeconds, deadlineSeconds } = config.scaling.drain;
  const silentMs = SILENT_SCRAPES * config.scaling.metrics.scrapeSeconds * 1000;
  const known = new Map<string, Waiting>();

  const call = async (worker: string, waiting: Waiting, what: string, run: () => Promise<Outcome>): Promise<void> => {
    waiting.isBusy = true;
    const outcome = await run().catch(
      (error: unknown): Outcome => ({ status: "failed", reason: messageOf(error), retryable: true }),
    );
    waiting.isBusy = false;
    if (outcome.status === "failed") waiting.notBeforeMs = clock.monotonicMs() + RETRY_MS;
    log.info({ worker, what, outcome }, "a worker that the group ends");
  };

  const step = (worker: WorkerObservation, waiting: Waiting, metricsReadable: boolean): void => {
    const nowMs = clock.monotonicMs();
    if (!metricsReadable || worker.up !== false) delete waiting.silentSinceMs;
    else waiting.silentSinceMs ??= nowMs;
    const isSilent = waiting.silentSinceMs !== undefined;
    const isGone = waiting.silentSinceMs !== undefined && nowMs - waiting.silentSinceMs >= silentMs;
    const isDue = nowMs - waiting.sinceMs >= deadlineSeconds * 1000;
    if (!isQuiet(worker) || !worker.draining) delete waiting.quietSinceMs;
    else waiting.quietSinceMs ??= nowMs;
    const isDone =
      (waiting.quietSinceMs !== undefined && nowMs - waiting.quietSinceMs >= quietSeconds * 1000) ||
      waiting.drainedBefore;
    if (waiting.isBusy || nowMs < waiting.notBeforeMs) return;
    if (isGone || isDone || isDue) {
      void call(worker.id, waiting, "complete", () => hook.complete(worker.id));
      // Also when it succeeds: the group is described as waiting for a moment longer.
      waiting.notBeforeMs = nowMs + RETRY_MS;
    } else if (!worker.draining && !waiting.drainIsSent && !isSilent) {
      const fence = deps.nextFence();
      if (fence === undefined) return;
      waiting.drainIsSent = true;
      void call(worker.id, waiting, "drain", async () => {
        const outcome = await drains.setDraining({ worker: worker.id, draining: true, fence });
        if (outcome.status === "failed") waiting.drainIsSent = false;
        return outcome;
      });
    } else if (nowMs - waiting.heartbeatAtMs >= HEARTBEAT_MS) {
      waiting.heartbeatAtMs = nowMs;
      void call(worker.id, waiting, "heartbeat", () => hook.heartbeat(worker.id));
    }
  };

  return {
    update: ({ group, metricsReadable }) => {
      if (!group.ok) return;
      const waitingNow = group.value.workers.filter(({ awaitsHook }) => awaitsHook);
      for (const id of known.keys()) if (!waitingNow.some((worker) => worker.id === id)) known.delete(id);
      for (const worker of waitingNow) {
        const nowMs = clock.monotonicMs();
        const waiting = known.get(worker.id) ?? {
          sinceMs: nowMs,
          drainedBefore: worker.draining,
          heartbeatAtMs: nowMs,
          drainIsSent: false,
          isBusy: false,
          notBeforeMs: 0,
        };
        known.set(worker.id, waiting);
        step(worker, waiting, metricsReadable);
      }
    },
  };
}

function isQuiet({ services }: WorkerObservation): boolean {
  return Object.values(services).every(
    ({ requestsPerSecond }) => requestsPerSecond.ok && requestsPerSecond.value < 0.05,
  );
}
