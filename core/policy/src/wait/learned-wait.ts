import { type Level, levelAfter, levelUnwatched, unknownLevel, waitOf } from "./level.ts";
import type { Prices } from "./wait-costs.ts";

/** When each level of the group was last needed, and how long to wait before it is given up. As many levels as workers may be. */
export interface Waits {
  readonly atMs: number;
  /** By j - 1: more than j workers. */
  readonly levels: readonly Level[];
}

/** What a level's wait was learned from, for people. */
export interface WaitSaid {
  readonly level: number;
  readonly waitSeconds: number;
  readonly secondsLeft: number;
  /** Of the last `falls` of the load it returned within the wait. */
  readonly returns: number;
  readonly falls: number;
}

/** Nothing has been seen yet. */
export function noWaits(atMs: number): Waits {
  return { atMs, levels: [] };
}

/**
 * One look on. `keep` workers are worth keeping by the demand, which fills `filled` of them; both undefined where it cannot be read: then
 * everything is waited for anew, and nothing is learned.
 */
export function waitsAfter(
  waits: Waits,
  sample: { readonly atMs: number; readonly keep: number | undefined; readonly filled: number; readonly max: number },
  prices: Prices,
): Waits {
  const { atMs, keep, filled } = sample;
  const count = Math.max(0, sample.max - 1);
  const levels = waits.levels.length === count ? waits.levels : resized(waits.levels, count, atMs);
  const sinceLastSeconds = Math.max(0, atMs - waits.atMs) / 1000;
  let changed: Level[] | undefined;
  for (let index = 0; index < count; index++) {
    const level = levels[index] as Level;
    const next =
      keep === undefined
        ? levelUnwatched(level, atMs)
        : levelAfter(
            level,
            { atMs, isNeeded: keep > index + 1, beyond: filled - (index + 1), sinceLastSeconds },
            prices,
          );
    if (next === level) continue;
    changed ??= levels.slice();
    changed[index] = next;
  }
  return { atMs, levels: changed ?? levels };
}

/** Milliseconds until the group may go down to `to` workers from `from`; 0 means now. */
export function waitMsFor(waits: Waits, from: number, to: number): number {
  let longest = 0;
  for (let level = Math.max(1, to); level < from; level++) longest = Math.max(longest, leftMs(waits, level));
  return longest;
}

/** The fewest workers that the group may go down to from `from` now. */
export function fewestAfterWait(waits: Waits, from: number): number {
  for (let level = from - 1; level >= 1; level--) if (leftMs(waits, level) > 0) return level + 1;
  return Math.min(from, 1);
}

/** Seconds that are waited before `from` workers become fewer. */
export function waitSecondsAt({ levels }: Waits, from: number): number | undefined {
  const level = levels[from - 2];
  return level && waitOf(level);
}

/** Why `from` workers are kept, for people; undefined when the topmost may go. */
export function waitSaid(waits: Waits, from: number): WaitSaid | undefined {
  const level = waits.levels[from - 2];
  const left = leftMs(waits, from - 1);
  if (level === undefined || left <= 0) return undefined;
  const waitSeconds = waitOf(level);
  return {
    level: from,
    waitSeconds,
    secondsLeft: Math.ceil(left / 1000),
    returns: level.gaps.filter((gap) => gap !== null && gap <= waitSeconds).length,
    falls: level.gaps.length,
  };
}

/** A level that is needed now has its whole wait before it. */
function leftMs({ atMs, levels }: Waits, above: number): number {
  const level = levels[above - 1];
  if (level === undefined) return 0;
  const waitMs = waitOf(level) * 1000;
  return level.neededSinceMs !== undefined ? waitMs : Math.max(0, level.neededUntilMs + waitMs - atMs);
}

function resized(levels: readonly Level[], count: number, atMs: number): readonly Level[] {
  return Array.from({ length: count }, (_, index) => levels[index] ?? unknownLevel(atMs));
}
