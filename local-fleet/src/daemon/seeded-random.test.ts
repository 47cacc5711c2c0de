import { expect, test } from "vitest";
import { seededRandom, spreadAround } from "./seeded-random.ts";

const draw = (seed: number, count: number) => {
  const boot = spreadAround(5_000, 0.2, seededRandom(seed));
  return Array.from({ length: count }, boot);
};

test("boots spread around their length, within the share and about evenly", () => {
  const boots = draw(1, 2_000);
  expect(Math.min(...boots)).toBeGreaterThanOrEqual(4_000);
  expect(Math.max(...boots)).toBeLessThanOrEqual(6_000);
  expect(Math.min(...boots)).toBeLessThan(4_050);
  expect(Math.max(...boots)).toBeGreaterThan(5_950);
  expect(boots.reduce((sum, each) => sum + each) / boots.length).toBeCloseTo(5_000, -2);
});

test("the same seed gives the same boots, another seed gives others", () => {
  expect(draw(7, 5)).toEqual(draw(7, 5));
  expect(draw(7, 5)).not.toEqual(draw(8, 5));
});
