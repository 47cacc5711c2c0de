import { expect, test } from "vitest";
import { fillOf, fluctuationAfter } from "./fluctuation.ts";

const after = (valueAt: (step: number) => number) =>
  Array.from({ length: 5000 }).reduce<number>((variance, _, step) => fluctuationAfter(variance, valueAt(step), 100), 0);

test("a calm demand fills workers to the most, a jittery one less, and never below the least", () => {
  expect(
    fillOf(
      after(() => 100),
      0.92,
    ),
  ).toBe(0.92);
  expect(
    fillOf(
      after((step) => (step % 2 ? 130 : 70)),
      0.92,
    ),
  ).toBeCloseTo(1 - 0.3 * 0.3, 2);
  expect(
    fillOf(
      after((step) => (step % 2 ? 400 : 0)),
      0.92,
    ),
  ).toBe(0.6);
});

test("a file that asks for less than the least gets what it asks for", () => {
  expect(
    fillOf(
      after(() => 100),
      0.5,
    ),
  ).toBe(0.5);
});

test("a minute without requests teaches nothing", () => {
  expect(fluctuationAfter(0.04, 0, 0)).toBe(0.04);
});
