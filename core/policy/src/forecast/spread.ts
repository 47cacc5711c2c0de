/** How far the demand has been above its forecasts. */
export interface Spread {
  readonly variance: number;
  /** Forecasts whose time has not come yet, oldest first. */
  readonly open: readonly { readonly dueMs: number; readonly value: number }[];
}

const GAIN = 0.003;
/** A boot of an hour in steps of 15 s: more forecasts are never open. */
const MOST_OPEN = 240;

export const noSpread: Spread = { variance: 0, open: [] };

/** One step on: what fell due is compared with `value`, and `forecast` is compared at `dueMs`. */
export function spreadAfter(
  { variance, open }: Spread,
  now: { readonly atMs: number; readonly value: number; readonly forecast: number; readonly dueMs: number },
): Spread {
  let due = 0;
  let next = variance;
  while (due < open.length) {
    const { dueMs, value } = open[due] as Spread["open"][number];
    if (dueMs > now.atMs) break;
    next += GAIN * (Math.max(0, now.value - value) ** 2 - next);
    due++;
  }
  const left = open.slice(Math.max(due, open.length + 1 - MOST_OPEN));
  left.push({ dueMs: now.dueMs, value: now.forecast });
  return { variance: next, open: left };
}

/** Standard deviation of the demand above its forecast, requests per second. */
export function sigmaOf({ variance }: Spread): number {
  return Math.sqrt(variance);
}
