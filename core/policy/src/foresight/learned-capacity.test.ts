import fc from "fast-check";
import { expect, test } from "vitest";
import { planFor } from "../forecast/plan.ts";
import {
  capacityAfter,
  contradictionOf,
  correctionOf,
  type LearnedCapacity,
  unlearnedCapacity,
} from "./learned-capacity.ts";

const learn = (looks: number, look: { readonly cpu: number; readonly load: number }): LearnedCapacity =>
  Array.from({ length: looks }).reduce<LearnedCapacity>(
    (known) => capacityAfter(known, [look], 0.6),
    unlearnedCapacity,
  );

const needOf = (loads: readonly number[], known: LearnedCapacity) => {
  const calm = {
    atMs: 0,
    latest: 0,
    trend: 0,
    trendSoon: 0,
    sigma: 0,
    fluctuation: 0,
    burst: undefined,
    season: undefined,
  };
  const askings = loads.map((load, index) => ({
    service: `s${index}`,
    capacity: 100,
    outlook: { ...calm, now: load * 100 },
  }));
  return planFor(askings, { fill: 1, fillNow: 1, deviations: 0 }, correctionOf(known))?.needed;
};

test.each<[string, LearnedCapacity, number]>([
  ["what is written counts while nobody is busy", learn(100, { cpu: 0.3, load: 0.9 }), 2],
  ["a capacity that is 15 % too high is found", learn(100, { cpu: 0.92, load: 0.8 }), 2.3],
  ["one that is 20 % too low as well", learn(100, { cpu: 0.8, load: 1 }), 1.6],
  ["what is wrong by more is believed to 30 %", learn(100, { cpu: 1, load: 0.2 }), 2 / 0.7],
  ["after a few looks it is believed in part", learn(10, { cpu: 1, load: 0.8 }), 2 + 0.25 * 0.5],
])("%s", (_rule, known, needed) => {
  expect(needOf([2], known)).toBeCloseTo(needed, 6);
});

test("services that share a worker's CPU need it together once that shows; before, the one that needs most binds", () => {
  expect(needOf([1, 1], unlearnedCapacity)).toBe(1);
  expect(needOf([1, 1], learn(100, { cpu: 0.9, load: 0.9 }))).toBeCloseTo(2, 6);
});

test("whatever is seen, it stays within its bounds", () => {
  const look = fc.record({
    cpu: fc.double({ min: 0, max: 8, noNaN: true }),
    load: fc.double({ min: 0, max: 8, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 60 }), (looks) => {
      const { cpuPerLoad, looks: count } = looks.reduce(
        (known, each) => capacityAfter(known, [each], 0.6),
        unlearnedCapacity,
      );
      return cpuPerLoad >= 1 / 1.3 - 1e-9 && cpuPerLoad <= 1 / 0.7 + 1e-9 && count <= 40;
    }),
  );
});

test.each([
  ["as it is written", { cpu: 0.8, load: 0.8 }, 40, undefined],
  ["5 % off", { cpu: 0.84, load: 0.8 }, 40, undefined],
  ["a fifth too much is written, but few have looked", { cpu: 0.96, load: 0.8 }, 39, undefined],
  ["a fifth too much is written: 0.8 / 0.96 of it", { cpu: 0.96, load: 0.8 }, 40, 0.8 / 0.96],
  ["a quarter more would do: 0.8 / 0.64", { cpu: 0.64, load: 0.8 }, 40, 0.8 / 0.64],
] as const)("%s", (_rule, look, looks, share) => {
  const said = contradictionOf(learn(looks, look));
  if (share === undefined) expect(said).toBeUndefined();
  else expect(said).toBeCloseTo(share, 9);
});
