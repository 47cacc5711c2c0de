import fc from "fast-check";
import { expect, test } from "vitest";
import { type Trend, trendAfter, trendIn } from "./trend.ts";

const after = (values: readonly number[]) =>
  values.reduce<Trend | undefined>((trend, value) => trendAfter(trend, value), undefined) as Trend;

test("a constant demand stays what it is", () => {
  expect(trendIn(after(Array(50).fill(700)), 120)).toBeCloseTo(700, 6);
});

test("a demand that climbs is foreseen to be higher, a falling one lower, and neither without end", () => {
  const climbing = after(Array.from({ length: 40 }, (_, step) => 500 + 20 * step));
  expect(trendIn(climbing, 120)).toBeGreaterThan(climbing.level + 50);
  expect(trendIn(climbing, 86_400)).toBeLessThan(climbing.level + 20 * 10);
  const falling = after(Array.from({ length: 40 }, (_, step) => 1500 - 20 * step));
  expect(trendIn(falling, 120)).toBeLessThan(falling.level - 50);
});

test("errors on one side make it follow faster than errors on both", () => {
  const jumped = after([...Array(60).fill(500), ...Array(6).fill(1000)]);
  const jittered = after([
    ...Array.from({ length: 60 }, (_, step) => 500 + (step % 2 ? 200 : -200)),
    ...Array(6).fill(1000),
  ]);
  expect(jumped.level).toBeGreaterThan(900);
  expect(jittered.level).toBeLessThan(jumped.level);
});

test("whatever was seen, no forecast is negative or beyond two and a half times the level", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 }),
      fc.double({ min: 0, max: 3600, noNaN: true }),
      (values, seconds) => {
        const trend = after(values);
        const foreseen = trendIn(trend, seconds);
        return foreseen >= 0 && foreseen <= Math.max(0, 2.5 * trend.level) + 1e-6;
      },
    ),
  );
});
