import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pointsOf, type Row, sweptKey, sweptPairs } from "../src/index.ts";

describe("a key and its values", () => {
  test.each([
    ["scaling.headroom=0.6..0.8", ["0.6", "0.65", "0.7", "0.75", "0.8"]],
    ["scaling.headroom=0.6..0.8/3", ["0.6", "0.7", "0.8"]],
    ["workers.max=4..6", ["4", "5", "6"]],
    ["scaling.missingWorkersLimit=0..1/3", ["0", "0.5", "1"]],
    ["scaling.calmness=0..900", ["0", "225", "450", "675", "900"]],
    ["scaling.prefer=cheap,safe", ["cheap", "safe"]],
  ])("%s", (text, values) => {
    expect(sweptKey(text).values).toEqual(values);
  });

  test.each([
    ["headroom", "write KEY=FROM..TO"],
    ["headroom=0..1", "write KEY=FROM..TO"],
    ["scaling.headroom=0.8..0.6", "the first number has to be below"],
    ["scaling.headroom=0.8", "write two values or more"],
    ["scaling.headroom=0.8,", "write two values or more"],
    ["scaling.headroom=1.2.3..4", "the first number has to be below"],
    ["scaling.headroom=0..1/1", "two values are the least"],
    ["scaling.headroom=0..1/5000", "values are the most"],
  ])("%s is refused", (text, message) => {
    expect(() => sweptKey(text)).toThrow(message);
  });
});

test("every combination is a run; too many, or a key twice, are refused", () => {
  expect(sweptPairs([sweptKey("a.b=1,2"), sweptKey("c.d=x,y")])).toEqual([
    ["a.b=1", "c.d=x"],
    ["a.b=1", "c.d=y"],
    ["a.b=2", "c.d=x"],
    ["a.b=2", "c.d=y"],
  ]);
  expect(() => sweptPairs([sweptKey("a.b=1,2"), sweptKey("a.b=3,4")])).toThrow("a.b is swept twice");
  expect(() => sweptPairs([sweptKey("a.b=1..50/20"), sweptKey("c.d=1..50/20")])).toThrow("400 runs");
});

test("on the front is what nothing else beats", () => {
  const figures = fc.record({
    violationPercent: fc.integer({ min: 0, max: 5 }),
    instanceHours: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(figures, { minLength: 1, maxLength: 12 }), (all) => {
      const points = pointsOf(
        all.map((row, index) => ({ policy: "fleet", pairs: [`a.b=${index}`], rows: [row as Row] })),
      );
      expect(points.some(({ isOnFront }) => isOnFront)).toBe(true);
      for (const point of points) {
        const better = points.filter(
          (other) =>
            other.violationPercent <= point.violationPercent &&
            other.instanceHours <= point.instanceHours &&
            other.violationPercent + other.instanceHours < point.violationPercent + point.instanceHours,
        );
        expect(point.isOnFront).toBe(better.length === 0);
      }
    }),
  );
});
