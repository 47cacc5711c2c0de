import { type LoadProcess, loadDefaults, startLoad, steady } from "@compose-fleet/load";
import { InterruptedError } from "@compose-fleet/process";
import type { OfferLoad } from "./ports.ts";

/** What is asked for at each request. */
export interface Asked {
  /** The whole address, on this machine. */
  readonly target: string;
  readonly method: "GET" | "POST";
  /** Where the service answers on certain hosts only. */
  readonly host?: string | undefined;
}

/** Offers steps of load from a process of its own, which ends with each, and at once when it is told to stop: `InterruptedError` then. */
export function loadSteps({ target, method, host }: Asked, stop: AbortSignal): OfferLoad {
  return {
    offer: async (rps, seconds) => {
      if (stop.aborted) throw new InterruptedError();
      const profile = [...steady(rps, seconds * 1000)];
      const load: LoadProcess = startLoad(
        { ...loadDefaults, target, method, profile, ...(host === undefined ? {} : { host }) },
        () => {},
      );
      const end = () => load.kill();
      stop.addEventListener("abort", end, { once: true });
      try {
        const { total, p50Ms, p99Ms, elapsedMs, maxLagMs, keepAliveRaces } = await load.finished;
        // A browser sends again what met a connection that was just being closed.
        const failed = Math.max(0, total.failed - keepAliveRaces);
        return { rps, seconds, sent: total.sent, failed, p50Ms, p99Ms, elapsedMs, lagMs: maxLagMs };
      } catch (error) {
        throw stop.aborted ? new InterruptedError() : error;
      } finally {
        stop.removeEventListener("abort", end);
        load.kill();
      }
    },
  };
}
