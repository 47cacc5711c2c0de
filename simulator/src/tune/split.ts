import type { Offered } from "../trace/offered.ts";

/** Of the time that counts, this much is tuned on. The rest shows whether what was found holds. */
const TUNED_SHARE = 2 / 3;

/** Traffic to tune on, and the same traffic of which only the rest counts. Days are those that count. */
export interface Split {
  readonly tuned: Offered;
  readonly check: Offered;
  readonly tunedDays: number;
  readonly checkDays: number;
}

/** Splits the time that counts into what comes first and what comes after it. */
export function splitOf(offered: Offered): Split {
  const { isScored, rates, tickSeconds } = offered;
  const scored = isScored.reduce((sum, counts) => sum + counts, 0);
  const wanted = Math.floor(scored * TUNED_SHARE);
  let cut = 0;
  for (let seen = 0; cut < isScored.length && seen < wanted; cut++) seen += isScored[cut] ?? 0;
  const days = (ticks: number) => (ticks * tickSeconds) / 86_400;
  return {
    tuned: { ...offered, rates: rates.subarray(0, cut), isScored: isScored.subarray(0, cut) },
    check: { ...offered, isScored: isScored.map((counts, tick) => (tick < cut ? 0 : counts)) },
    tunedDays: days(wanted),
    checkDays: days(scored - wanted),
  };
}
