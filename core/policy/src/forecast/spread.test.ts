import { expect, test } from "vitest";
import { noSpread, type Spread, sigmaOf, spreadAfter } from "./spread.ts";

/** Steps of 15 s with a constant forecast of 100, due two minutes later. */
const after = (steps: number, valueAt: (step: number) => number): Spread =>
  Array.from({ length: steps }).reduce<Spread>(
    (spread, _, step) =>
      spreadAfter(spread, { atMs: step * 15_000, value: valueAt(step), forecast: 100, dueMs: (step + 8) * 15_000 }),
    noSpread,
  );

test("forecasts that come true teach no spread, nor do those that were too high", () => {
  expect(sigmaOf(after(500, () => 100))).toBe(0);
  expect(sigmaOf(after(500, () => 40))).toBe(0);
});

test("a demand that is above its forecasts teaches by how much", () => {
  expect(sigmaOf(after(3000, () => 150))).toBeCloseTo(50, 0);
});

test("a forecast teaches nothing before it is due", () => {
  expect(sigmaOf(after(8, () => 1000))).toBe(0);
  expect(sigmaOf(after(9, () => 1000))).toBeGreaterThan(0);
});

test("as many forecasts are open as fit into the time ahead", () => {
  expect(after(1000, () => 100).open.length).toBe(8);
});
