/** Seconds that may be waited before a level is given up. */
export const WAITS = [120, 300, 600, 900, 1200, 1800, 2700, 3600] as const;

/** What each wait has cost so far, smoothed, in worker-seconds; and how many returns taught it. */
export interface WaitCosts {
  readonly count: number;
  readonly costs: readonly number[];
}

/** How the load came back. */
export interface Return {
  /** Seconds that the level was not needed; infinite when it did not come back in time. */
  readonly gapSeconds: number;
  /** Worker-seconds by which the rest would have been overloaded until a new worker had served. */
  readonly overloadSeconds: number;
}

export interface Prices {
  /** What giving up a worker and launching it again costs, worker-seconds. */
  readonly action: number;
  /** What it costs besides when both come within half an hour: `scaling.calmness`, worker-seconds. */
  readonly reversal: number;
  /** What a worker-second of overload costs, worker-seconds. */
  readonly overload: number;
}

const REVERSAL_SECONDS = 1800;
const LEAST_GAIN = 0.05;
const PRIOR = 20;

export const noCosts: WaitCosts = { count: 0, costs: WAITS.map(() => 0) };

/** One return on: each wait is charged what it would have cost (ski rental). */
export function costsAfter(
  { count, costs }: WaitCosts,
  { gapSeconds, overloadSeconds }: Return,
  prices: Prices,
): WaitCosts {
  const gain = Math.max(LEAST_GAIN, 1 / (count + PRIOR));
  return {
    count: count + 1,
    costs: WAITS.map((wait, index) => {
      const known = costs[index] ?? 0;
      return known + gain * (costOf(wait, gapSeconds, overloadSeconds, prices) - known);
    }),
  };
}

/** The wait that has cost least so far, seconds; undefined before anything was learned. */
export function cheapestWait({ count, costs }: WaitCosts): number | undefined {
  if (count === 0) return undefined;
  let best = 0;
  for (let index = 1; index < costs.length; index++) if ((costs[index] ?? 0) < (costs[best] ?? 0)) best = index;
  return WAITS[best];
}

/** Held until the load came back, that time; else the wait, the actions, and what was overloaded meanwhile. */
function costOf(wait: number, gap: number, overload: number, prices: Prices): number {
  if (gap <= wait) return gap;
  const reversal = gap - wait < REVERSAL_SECONDS ? prices.reversal : 0;
  return wait + prices.action + reversal + prices.overload * overload;
}
