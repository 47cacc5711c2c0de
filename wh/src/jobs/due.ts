import type { CronTimes } from "@compose-fleet/fleet";

/** No more ticks than this are counted one by one: of a job of each minute, about a week. */
const COUNTED = 10_000;

/** What is due of a schedule. Times are epoch milliseconds. */
export interface Due {
  /** The newest tick, if it can still be begun. */
  readonly dueAtMs?: number;
  /** Ticks before it, or all, that nobody began in time. */
  readonly missed?: { readonly count: number; readonly lastMs: number };
}

/** Ticks after `sinceMs` and up to `nowMs`: the newest is due when it is not older than `graceMs`, all others were missed. */
export function dueOf(times: CronTimes, sinceMs: number, nowMs: number, graceMs: number): Due {
  let [before, last]: (number | undefined)[] = [];
  let count = 0;
  for (let at = times.next(sinceMs); at !== undefined && at <= nowMs; at = times.next(at)) {
    [before, last] = [last, at];
    count++;
    // The rest is not counted, but what is due is found.
    if (count === COUNTED) at = Math.max(at, nowMs - graceMs);
  }
  if (last === undefined) return {};
  const isDue = nowMs - last <= graceMs;
  const lastMs = isDue ? before : last;
  const missed = isDue ? count - 1 : count;
  return { ...(isDue && { dueAtMs: last }), ...(lastMs !== undefined && { missed: { count: missed, lastMs } }) };
}
