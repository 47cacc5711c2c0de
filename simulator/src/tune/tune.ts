import type { Bill } from "./bill.ts";
import type { Knob } from "./knobs.ts";

/** A set of changes, and what it would have cost. */
export interface Trial {
  /** `KEY=VALUE` pairs; none: as it is. */
  readonly set: readonly string[];
  readonly bill: Bill;
}

/** What tuning found. */
export interface Tuning {
  readonly asIs: Trial;
  /** Every change by itself. */
  readonly changes: readonly Trial[];
  /** The changes that cost least together; `asIs` where none saves anything. */
  readonly best: Trial;
}

/** A change that saves less than this share is not worth making. */
const WORTH_IT = 0.005;

/**
 * Looks for the changes that cost least: each by itself, then the best of each knob on top of each other, the one that saves most first.
 * `play` says what a set of changes would have cost, or undefined where it changes nothing. Rejects as `play` does.
 */
export async function tune(
  play: (set: readonly string[]) => Promise<Bill | undefined>,
  knobs: readonly Knob[],
): Promise<Tuning> {
  const bill = await play([]);
  if (bill === undefined) throw new RangeError("a run without changes has a bill");
  const asIs: Trial = { set: [], bill };
  const changes: Trial[] = [];
  const alone: { readonly trials: readonly Trial[]; readonly least: Trial }[] = [];
  for (const { key, values } of knobs) {
    const trials: Trial[] = [];
    for (const value of values) trials.push(...(await tried(play, [`${key}=${value}`])));
    changes.push(...trials);
    if (trials.length > 0) alone.push({ trials, least: least(trials) });
  }
  let best = asIs;
  for (const { trials, least: cheapest } of alone.sort((one, other) => one.least.bill.usd - other.least.bill.usd)) {
    // A knob that does nothing by itself may do something on top of others.
    const isIdle = trials.every((trial) => trial.bill.usd === asIs.bill.usd);
    const base = best;
    for (const { set } of isIdle ? trials : [cheapest]) {
      const [trial] =
        base === asIs ? trials.filter((each) => each.set === set) : await tried(play, [...base.set, ...set]);
      if (trial !== undefined && trial.bill.usd < best.bill.usd * (1 - WORTH_IT)) best = trial;
    }
  }
  return { asIs, changes, best };
}

async function tried(
  play: (set: readonly string[]) => Promise<Bill | undefined>,
  set: readonly string[],
): Promise<readonly Trial[]> {
  const bill = await play(set);
  return bill === undefined ? [] : [{ set, bill }];
}

function least(trials: readonly Trial[]): Trial {
  return trials.reduce((cheapest, trial) => (trial.bill.usd < cheapest.bill.usd ? trial : cheapest));
}
