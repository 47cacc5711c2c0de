import type { StatusAnswer } from "./status.ts";
import { WhApiError } from "./wh-api-error.ts";

/** The fleet as the scaler sees it, in the words of the live view. Times in epoch milliseconds. */
export interface FleetSnapshot {
  readonly atMs: number;
  /** The scaler decides but does not act. */
  readonly hold: boolean;
  /** `ready` counts those that drain too: they still serve. */
  readonly workers: {
    readonly ready: number;
    readonly draining: number;
    readonly desired: number;
    readonly min: number;
    readonly max: number;
  };
  /** One entry per worker and service; `desired` is what was last decided. */
  readonly replicas: readonly {
    readonly worker: string;
    readonly service: string;
    readonly ready: number;
    readonly desired: number;
  }[];
  readonly blindSeconds: number;
}

/** What a status says of the workers that serve. Throws `WhApiError` (not-ready) before the first tick, and while the group cannot be read. */
export function snapshotOf({ hold, blindSeconds, lastTick, workers, members }: StatusAnswer): FleetSnapshot {
  if (lastTick === null) throw new WhApiError("not-ready", "The scaler has not completed a tick yet.");
  if (workers === null) throw new WhApiError("not-ready", "The scaler cannot read the worker group.");
  return {
    atMs: lastTick.atMs,
    hold,
    blindSeconds,
    workers: {
      ready: workers.inService,
      draining: workers.draining,
      desired: workers.groupDesired,
      min: workers.min,
      max: workers.max,
    },
    replicas: members
      .filter(({ state }) => state === "in-service")
      .flatMap(({ id, services }) =>
        Object.entries(services).map(([service, { replicasReady, replicasDesired }]) => ({
          worker: id,
          service,
          ready: replicasReady ?? 0,
          desired: replicasDesired ?? replicasReady ?? 0,
        })),
      ),
  };
}
