import type { FleetConfig } from "@compose-fleet/fleet";
import type { Decision } from "./decision/decision.ts";
import { isTaken } from "./group/taken.ts";
import type { Observation } from "./observation/observation.ts";

/** Any change keeps the loop fast for this long. */
const ACTIVE_MS = 60_000;

/** Whether a tick keeps the loop fast: something changed, AWS takes a worker away, or nothing could be read. Blind, only the group tells of a loss, and nothing wakes the loop. */
export function isEventful(decisions: readonly Decision[], { group, metricsReadable }: Observation): boolean {
  const isTaking = group.ok && group.value.workers.some(isTaken);
  return !metricsReadable || isTaking || decisions.some(({ kind }) => kind !== "hold");
}

/**
 * Milliseconds from one tick to the next: fast while a signal is active, for a minute after an eventful tick, and always with foresight,
 * which looks for bursts, or with a service that no alert speaks for.
 */
export function paceMs(
  { scaling, services }: Pick<FleetConfig, "scaling" | "services">,
  now: { readonly hasSignal: boolean; readonly sinceEventfulMs: number },
): number {
  const { loop, predictive } = scaling;
  const { activeSeconds, idleSeconds } = loop;
  const isWatched = Object.values(services).some(({ capacity, signals }) => !capacity || signals.length > 0);
  return (
    (predictive.enabled || isWatched || now.hasSignal || now.sinceEventfulMs < ACTIVE_MS
      ? activeSeconds
      : idleSeconds) * 1000
  );
}
