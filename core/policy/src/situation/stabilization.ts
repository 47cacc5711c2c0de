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
  const kept = withNext(history, next, startMs);
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

/**
 * What may still count. The first one proves since when the window has been watched; of the others each is larger than all after it, since
 * one that is not can bind no more. So a window of hundreds of looks holds few.
 */
function withNext(history: readonly Recommendation[], next: Recommendation, startMs: number): Recommendation[] {
  let inside = 0;
  while (inside < history.length && (history[inside] as Recommendation).atMs <= startMs) inside++;
  const kept: Recommendation[] = [];
  const first = history[Math.max(0, inside - 1)];
  if (first !== undefined) kept.push(first);
  for (let index = Math.max(1, inside); index < history.length; index++) {
    const known = history[index] as Recommendation;
    if (known.value > next.value) kept.push(known);
  }
  kept.push(next);
  return kept;
}
