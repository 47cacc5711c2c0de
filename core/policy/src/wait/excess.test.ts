import { expect, test } from "vitest";
import { excessAfter } from "./excess.ts";

/** Looks until it is enough; how many. */
function looksUntilEnough(needed: number, workers: number, pace: number): number {
  let excess = 0;
  for (let look = 1; look < 1000; look++) {
    const next = excessAfter(excess, { needed, workers, sinceLastSeconds: pace });
    if (next.isEnough) return look;
    excess = next.excess;
  }
  return Number.POSITIVE_INFINITY;
}

test.each([
  ["7 % too much counts at once", 3.21, 3, 15, 1],
  ["so it does at any pace", 3.21, 3, 5, 1],
  ["2 % has to last for a minute", 3.06, 3, 15, 4],
  ["at a faster pace for as long", 3.06, 3, 5, 10],
  ["what is there is enough", 3, 3, 15, Number.POSITIVE_INFINITY],
  ["without any worker nothing is waited for", 0.1, 0, 15, 1],
])("%s", (_rule, needed, workers, pace, looks) => {
  expect(looksUntilEnough(needed, workers, pace)).toBe(looks);
});

test("an excess that ends is forgotten by halves", () => {
  const { excess } = excessAfter(0, { needed: 3.1, workers: 3, sinceLastSeconds: 15 });
  expect(excessAfter(excess, { needed: 2.9, workers: 3, sinceLastSeconds: 15 }).excess).toBeCloseTo(excess / 2);
});
