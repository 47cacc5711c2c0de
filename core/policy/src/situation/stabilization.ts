import type { Recommendation } from "./memory.ts";

export interface Window {
  readonly recommendations: readonly Recommendation[];
  /** The largest recommendation of the window. */
  readonly largest: number;
  /** Milliseconds until the window allows `value` or less; Infinity is never returned, 0 means now. */
  readonly waitMs: (value: number) => number;
}

/**
 * Adds a recommendation and takes the safest of the last `windowMs`: Kubernetes' stabilization window.
 * A window is complete once it has been watched for its whole length; before that it holds everything.
 */
export function stabilize(history: readonly Recommendation[], next: Recommendation, windowMs: number): Window {
  const startMs = next.atMs - windowMs;
  const firstInside = history.findIndex((recommendation) => recommendation.atMs > startMs);
  // Keep the newest one that is older than the window: it proves that the window was watched in full.
  const kept = firstInside < 0 ? history.slice(-1) : history.slice(Math.max(0, firstInside - 1));
  kept.push(next);
  let largest = next.value;
  for (const { atMs, value } of kept) if (atMs > startMs && value > largest) largest = value;
  return {
    recommendations: kept,
    largest,
    waitMs: (value) => {
      const watchedSinceMs = kept[0]?.atMs ?? next.atMs;
      const blocking = kept.findLast((recommendation) => recommendation.value > value);
      const blockedSinceMs =
        blocking !== undefined && blocking.atMs > startMs ? blocking.atMs : Number.NEGATIVE_INFINITY;
      return Math.max(0, Math.max(watchedSinceMs, blockedSinceMs) + windowMs - next.atMs);
    },
  };
}
