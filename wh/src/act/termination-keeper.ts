import type { Leaving } from "@compose-fleet/policy";
import type { Clock } from "../runtime/clock.ts";
import { type Log, messageOf } from "../runtime/log.ts";
import type { Outcome } from "./outcome.ts";
import type { DrainActions, TerminationHook } from "./ports.ts";

/** Well within what the terminating hook waits for without one (`lifecycleHooks`). */
const HEARTBEAT_MS = 120_000;
const RETRY_MS = 10_000;

export interface TerminationKeeperDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly drains: DrainActions;
  readonly hook: TerminationHook;
  /** Undefined when this scaler may not act. */
  readonly nextFence: () => number | undefined;
}

/** Carries out what the policy says of workers that somebody else ends. */
export interface TerminationKeeper {
  /** Never waits and never throws: calls run beside the loop, one at a time per worker. Who is not named is forgotten. */
  update(leaving: readonly Leaving[]): void;
}

/** Calls about one worker. */
interface Calls {
  /** The wait itself counts as the first heartbeat. */
  heartbeatAtMs: number;
  drainIsSent: boolean;
  isBusy: boolean;
  notBeforeMs: number;
}

/** Creates a keeper that knows of no worker. */
export function createTerminationKeeper(deps: TerminationKeeperDeps): TerminationKeeper {
  const { clock, log, drains, hook } = deps;
  const known = new Map<string, Calls>();

  const call = async (worker: string, calls: Calls, what: string, run: () => Promise<Outcome>): Promise<void> => {
    calls.isBusy = true;
    const outcome = await run().catch(
      (error: unknown): Outcome => ({ status: "failed", reason: messageOf(error), retryable: true }),
    );
    calls.isBusy = false;
    if (outcome.status === "failed") calls.notBeforeMs = clock.monotonicMs() + RETRY_MS;
    log.info({ worker, what, outcome }, "a worker that the group ends");
  };

  const drain = (worker: string, calls: Calls): void => {
    const fence = deps.nextFence();
    if (fence === undefined) return;
    calls.drainIsSent = true;
    void call(worker, calls, "drain", async () => {
      const outcome = await drains.setDraining({ worker, draining: true, fence });
      if (outcome.status === "failed") calls.drainIsSent = false;
      return outcome;
    });
  };

  const carryOut = ({ worker, step }: Leaving, calls: Calls): void => {
    const nowMs = clock.monotonicMs();
    if (calls.isBusy || nowMs < calls.notBeforeMs) return;
    if (step === "let-go") {
      void call(worker, calls, "complete", () => hook.complete(worker));
      // Also when it succeeds: the group is described as waiting for a moment longer.
      calls.notBeforeMs = nowMs + RETRY_MS;
    } else if (step === "drain" && !calls.drainIsSent) drain(worker, calls);
    else if (nowMs - calls.heartbeatAtMs >= HEARTBEAT_MS) {
      calls.heartbeatAtMs = nowMs;
      void call(worker, calls, "heartbeat", () => hook.heartbeat(worker));
    }
  };

  return {
    update: (leaving) => {
      for (const id of known.keys()) if (!leaving.some(({ worker }) => worker === id)) known.delete(id);
      for (const each of leaving) {
        const calls = known.get(each.worker) ?? {
          heartbeatAtMs: clock.monotonicMs(),
          drainIsSent: false,
          isBusy: false,
          notBeforeMs: 0,
        };
        known.set(each.worker, calls);
        carryOut(each, calls);
      }
    },
  };
}
