import type { FleetConfig } from "@compose-fleet/fleet";
import type { Clock } from "../clock.ts";
import type { TickResult } from "./tick.ts";

/** Any change keeps the loop fast for this long. */
const ACTIVE_MS = 60_000;

/** How fast the loop runs: fast while a signal is active, while Prometheus cannot be read, or when something changed in the last minute. */
export interface Pace {
  onTick(result: Pick<TickResult, "decisions" | "observation">): void;
  /** Milliseconds between two ticks. */
  intervalMs(hasSignal: boolean): number;
}

/** The pace by `scaling.loop`. */
export function createPace(config: FleetConfig["scaling"]["loop"], clock: Clock): Pace {
  let changedAtMs = Number.NEGATIVE_INFINITY;
  return {
    onTick: ({ decisions, observation }) => {
      // Blind, only the group's listing tells of a loss, and nothing wakes the loop.
      if (!observation.metricsReadable || decisions.some(({ kind }) => kind !== "hold"))
        changedAtMs = clock.monotonicMs();
    },
    intervalMs: (hasSignal) => {
      const isActive = hasSignal || clock.monotonicMs() - changedAtMs < ACTIVE_MS;
      return (isActive ? config.activeSeconds : config.idleSeconds) * 1000;
    },
  };
}
