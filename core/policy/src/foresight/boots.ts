import { clamp } from "../numbers/bounds.ts";
import type { WorkerObservation } from "../observation/observation.ts";

/** How long workers take to serve, from the latest that came up. */
export interface Boots {
  /** Those that were seen booting, and since when they were launched, epoch ms. */
  readonly booting: Readonly<Record<string, number>>;
  /** Seconds from launch to the first look at which one served, newest last. */
  readonly seconds: readonly number[];
}

const KEPT = 5;
/** A look at what was launched may be this late. */
export const LATE_SECONDS = 15;
const UNKNOWN_AHEAD = 120;
const LEAST_AHEAD = 30;
const MOST_AHEAD = 900;

export const noBoots: Boots = { booting: {}, seconds: [] };

/** One look on. The same object where nobody boots. */
export function bootsAfter(before: Boots, atMs: number, workers: readonly WorkerObservation[]): Boots {
  const pending = workers.filter(({ state }) => state === "pending");
  const known = Object.keys(before.booting);
  if (pending.length === 0 && known.length === 0) return before;
  const served = workers.filter(({ id, state }) => state === "in-service" && before.booting[id] !== undefined);
  const took = served.map(({ id }) => (atMs - (before.booting[id] ?? atMs)) / 1000).filter((seconds) => seconds > 0);
  return {
    booting: Object.fromEntries(pending.map(({ id, launchedAtMs }) => [id, before.booting[id] ?? launchedAtMs])),
    seconds: took.length === 0 ? before.seconds : [...before.seconds, ...took].slice(-KEPT),
  };
}

/** Seconds until a worker that is launched now serves and is seen to: the median of the latest. */
export function aheadSeconds({ seconds }: Boots): number {
  const sorted = [...seconds].sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1];
  return middle === undefined ? UNKNOWN_AHEAD : clamp(middle + LATE_SECONDS, LEAST_AHEAD, MOST_AHEAD);
}
