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
  const all = [...history, next];
  // Keep the newest one that is older than the window: it proves that the window was watched in full.
  const firstInside = all.findIndex((recommendation) => recommendation.atMs > startMs);
  const recommendations = all.slice(Math.max(0, firstInside - 1));
  const inside = recommendations.filter(({ atMs }) => atMs > startMs);
  const largest = Math.max(...inside.map(({ value }) => value));
  return {
    recommendations,
    largest,
    waitMs: (value) => {
      const watchedSinceMs = recommendations[0]?.atMs ?? next.atMs;
      const blocking = inside.filter((recommendation) => recommendation.value > value).at(-1);
      const untilMs = Math.max(watchedSinceMs, blocking?.atMs ?? Number.NEGATIVE_INFINITY) + windowMs;
      return Math.max(0, untilMs - next.atMs);
    },
  };
}
