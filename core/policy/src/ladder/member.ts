import { wholeUnits } from "../numbers/bounds.ts";
import { type Excess, excessAfter } from "../wait/excess.ts";
import { fewestAfterWait, noWaits, type Waits, waitsAfter } from "../wait/learned-wait.ts";
import type { Prices } from "../wait/wait-costs.ts";
import { fleetAfter, servingAt, type VirtualFleet, virtualFleet } from "./virtual-fleet.ts";

/** One way to size, as it would have gone: its own waits and its own fleet, which nobody launches. */
export interface Member {
  readonly waits: Waits;
  readonly excess: Excess;
  readonly fleet: VirtualFleet;
  /** Smoothed: workers paid for; and these with what overload, actions and reversals are worth, in workers. */
  readonly cost: number;
  readonly loss: number;
}

/** What a member is shown at one look. Workers are not rounded. */
export interface MemberLook {
  readonly atMs: number;
  readonly sinceLastSeconds: number;
  /** By its own daring. */
  readonly needed: number;
  readonly keep: number;
  /** Workers that the demand of this moment fills. */
  readonly filled: number;
  readonly min: number;
  readonly max: number;
  readonly bootSeconds: number;
  /** Seconds over which costs are smoothed. */
  readonly memorySeconds: number;
}

/** Worker-seconds that an action costs, and one that takes the one before back. */
const ACTION_SECONDS = 60;
const REVERSAL_SECONDS = 120;
/** The demand that is seen now is as old as this: what served it then counts. */
const LATE_MS = 30_000;

/** A member that begins with the workers that there are. */
export function newMember(workers: number, atMs: number): Member {
  return { waits: noWaits(atMs), excess: 0, fleet: virtualFleet(workers, atMs), cost: 0, loss: 0 };
}

/** One look on. */
export function memberAfter(before: Member, look: MemberLook, prices: Prices & { readonly lost: number }): Member {
  const { atMs, bootSeconds, filled, keep, max, min, needed, sinceLastSeconds } = look;
  const { workers } = before.fleet;
  const waits = waitsAfter(before.waits, { atMs, keep, filled, max }, prices);
  const { excess, isEnough } = excessAfter(before.excess, { needed: Math.min(needed, max), workers, sinceLastSeconds });
  const wanted = Math.max(min, Math.min(max, wholeUnits(needed)));
  const fewest = Math.max(wanted, Math.min(workers, fewestAfterWait(waits, workers)));
  const to = wanted > workers ? (isEnough ? wanted : workers) : fewest;
  const { act, ...fleet } = fleetAfter(before.fleet, { atMs, workers: to, bootSeconds });
  const overload = Math.max(0, filled - servingAt(fleet, atMs - LATE_MS));
  const acting = (act.isAction ? ACTION_SECONDS : 0) + (act.isReversal ? REVERSAL_SECONDS : 0);
  const charge = sinceLastSeconds * (to + prices.lost * overload) + acting;
  const share = look.memorySeconds > 0 ? Math.min(1, sinceLastSeconds / look.memorySeconds) : 1;
  const charged = look.memorySeconds > 0 ? charge / look.memorySeconds : to;
  return {
    waits,
    excess,
    fleet,
    cost: before.cost + share * (to - before.cost),
    loss: before.loss + charged - share * before.loss,
  };
}

/** Nobody could look: it is waited anew, and nothing is learned. */
export function memberUnwatched(before: Member, atMs: number, max: number, prices: Prices): Member {
  return { ...before, waits: waitsAfter(before.waits, { atMs, keep: undefined, filled: 0, max }, prices) };
}
