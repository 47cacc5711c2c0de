import { describe, expect, test } from "vitest";
import type { Plan } from "../forecast/plan.ts";
import { type Ladder, ladderAfter, newLadder, RUNGS, rungOf, waitsOf } from "./ladder.ts";

const HOUR = 3600;
const settings = { budget: 1, prices: { action: 240, reversal: 600, overload: 80, lost: 400 } };

const plan = (needed: number): Plan => ({
  needed,
  keep: needed,
  keptBy: "need",
  service: "web",
  part: "now",
  planned: needed * 1000,
  fill: 1,
  capacity: 1000,
});

/** A look every 15 s at what each rung needs of a demand that fills `filled` workers. */
function live(
  from: Ladder,
  hours: number,
  at: (seconds: number) => { readonly filled: number; readonly needed: readonly number[] } | undefined,
  budget = 1,
): Ladder {
  let ladder = from;
  const startMs = from.atMs;
  for (let seconds = 15; seconds <= hours * HOUR; seconds += 15) {
    const look = at(seconds);
    ladder = ladderAfter(
      ladder,
      {
        atMs: startMs + seconds * 1000,
        plans: look?.needed.map(plan),
        scaleInShare: 0.9,
        unread: 0,
        filled: look?.filled ?? 0,
        workers: 2,
        min: 1,
        max: 6,
        bootSeconds: 90,
      },
      { ...settings, budget },
    );
  }
  return ladder;
}

/** By rung: the first, those that dare more, those that dare less. */
const needs = (steady: number, bold: number, careful: number) => [steady, bold, bold, careful, careful];

describe("which way to size is followed", () => {
  const calm = () => ({ filled: 1.9, needed: needs(2.4, 1.95, 3.5) });

  test("the first, until six hours have been watched", () => {
    expect(rungOf(live(newLadder(2, 0), 5.9, calm))).toBe(RUNGS[0]);
  });

  test("then the cheapest of those that lose nothing", () => {
    expect(rungOf(live(newLadder(2, 0), 7, calm)).name).toBe("boldest");
  });

  test("one that loses requests costs what they are worth: 0.1 of a worker at 400 is worth more than a worker", () => {
    const daring = () => ({ filled: 2.1, needed: needs(2.4, 1.95, 3.5) });
    expect(rungOf(live(newLadder(2, 0), 7, daring)).name).toBe("steady");
  });

  test("one that costs more than HPA would is not, unless all do; then it is the cheapest", () => {
    // HPA takes 2.1 / 0.7 = 3 workers.
    const dear = () => ({ filled: 2.1, needed: needs(4.5, 1.95, 5.5) });
    expect(rungOf(live(newLadder(2, 0), 7, dear)).name).toBe("boldest");
    expect(rungOf(live(newLadder(2, 0), 7, dear, 3)).name).toBe("steady");
    expect(rungOf(live(newLadder(2, 0), 7, () => ({ filled: 2.1, needed: needs(4.5, 4.6, 5.5) }))).name).toBe("steady");
  });

  test("one that is better by less than 3 % is not worth a change", () => {
    // Losses are 3 and 3 workers: the first is kept.
    expect(rungOf(live(newLadder(2, 0), 7, () => ({ filled: 1.9, needed: needs(2.4, 2.3, 3.5) }))).name).toBe("steady");
  });
});

test("costs are what each would have paid for", () => {
  const { members, hpaCost } = live(newLadder(2, 0), 24, () => ({ filled: 2.1, needed: needs(3, 2, 5) }));
  expect(members[0]?.cost).toBeCloseTo(3, 1);
  expect(members[1]?.cost).toBeCloseTo(2, 1);
  expect(members[3]?.cost).toBeCloseTo(5, 1);
  expect(hpaCost).toBeCloseTo(3, 1);
  // 0.1 of a worker overloads two: 2 + 400 · 0.1.
  expect(members[1]?.loss).toBeCloseTo(42, 0);
  expect(members[0]?.loss).toBeCloseTo(3, 0);
});

test("what cannot be read teaches nothing, and everything is waited for anew", () => {
  const known = live(newLadder(2, 0), 1, () => ({ filled: 1, needed: needs(2, 2, 2) }));
  const blind = live(known, 1, () => undefined);
  expect(blind.watchedSeconds).toBe(known.watchedSeconds);
  expect(blind.members.map(({ cost, loss }) => [cost, loss])).toEqual(
    known.members.map(({ cost, loss }) => [cost, loss]),
  );
  expect(waitsOf(blind).levels[0]?.neededUntilMs).toBe(blind.atMs);
});

test("its memory is bounded", () => {
  const wild = (seconds: number) => {
    const filled = 1 + ((seconds / 15) % 47) / 12;
    return { filled, needed: needs(filled, 0.9 * filled, 1.2 * filled) };
  };
  const day = live(newLadder(2, 0), 24, wild);
  expect(JSON.stringify(live(day, 12, wild)).length).toBeLessThan(1.1 * JSON.stringify(day).length);
});
