import { expect, test } from "vitest";
import { earlierThan, meanOfLast, type Recent, withSample } from "./recent.ts";

const every = (seconds: number, values: readonly number[]): Recent =>
  values.reduce<Recent>((recent, value, index) => withSample(recent, { atMs: index * seconds * 1000, value }), []);

test.each([
  ["15 s at a pace of 5 s are two samples of 10 s", 5, 15, (3 + 4) / 2],
  ["30 s at a pace of 5 s are five", 5, 30, (0 + 1 + 2 + 3 + 4) / 5],
  ["15 s at a pace of 15 s are one", 15, 15, 4],
  ["60 s at a pace of 15 s are four", 15, 60, (1 + 2 + 3 + 4) / 4],
])("%s", (_rule, pace, seconds, mean) => {
  expect(meanOfLast(every(pace, [0, 1, 2, 3, 4]), seconds)).toBe(mean);
});

test("what was before is known only once it was watched", () => {
  expect(earlierThan(every(15, [10, 20]), 30, 120)).toBeUndefined();
  expect(earlierThan(every(15, [10, 20, 70]), 30, 120)).toEqual({ value: 10, before: 10 });
  expect(earlierThan(every(15, [10, 20, 30, 40, 90]), 30, 120)).toEqual({ value: 30, before: 20 });
});

test("a clock that is a little off does not lose a sample", () => {
  const recent = [0, 15_040, 29_980, 45_020].reduce<Recent>((all, atMs, value) => withSample(all, { atMs, value }), []);
  expect(earlierThan(recent, 30, 120)?.value).toBe(1);
});

test("however long and fast it is fed, it stays small", () => {
  expect(every(15, Array(10_000).fill(1)).length).toBeLessThan(15);
  expect(every(0.1, Array(10_000).fill(1)).length).toBeLessThanOrEqual(64);
});
