import { expect, test } from "vitest";
import { arrivals } from "./arrivals.ts";
import { type Profile, profileDurationMs, ramp, rateAt, steady, step } from "./profile.ts";

const demo = ramp({ rps: 1000, rampMs: 120_000, holdMs: 60_000, fallMs: 5_000, floorRps: 5, floorMs: 100_000 });

test.each<[string, Profile, number, number]>([
  ["a ramp starts at nothing", demo, 0, 0],
  ["a ramp is linear", demo, 60_000, 500],
  ["the hold begins where the ramp ends", demo, 120_000, 1000],
  ["the hold lasts", demo, 179_999, 1000],
  ["the fall ends at the floor", demo, 185_000, 5],
  ["nothing before the start", demo, -1, 0],
  ["nothing after the end", demo, 285_000, 0],
  ["a step jumps at once", step(300, 9_000), 3_000, 300],
  ["a step comes back", step(300, 9_000), 6_000, 30],
])("%s", (_rule, profile, tMs, rps) => {
  expect(rateAt(profile, tMs)).toBeCloseTo(rps, 6);
});

test("the duration is the sum of the segments", () => {
  expect(profileDurationMs(demo)).toBe(285_000);
});

test.each<[string, Profile, number]>([
  ["steady: rate × time", steady(200, 1_500), 300],
  ["ramp: half the rate × time", [{ durationMs: 10_000, fromRps: 0, toRps: 100 }], 500],
  ["falling to zero", [{ durationMs: 10_000, fromRps: 100, toRps: 0 }], 500],
  ["a fraction carries over into the next segment", [...steady(1, 500), ...steady(1, 500)], 1],
  ["no rate, no arrivals", steady(0, 10_000), 0],
])("the number of arrivals is the area under the profile: %s", (_rule, profile, count) => {
  expect([...arrivals(profile)]).toHaveLength(count);
});

test("arrivals never go back in time, and stay inside the profile", () => {
  const times = [...arrivals(demo)];
  expect(times.filter((time, i) => time < (times[i - 1] ?? 0))).toEqual([]);
  expect(times.at(-1)).toBeLessThanOrEqual(285_000);
});

test("arrivals in each second follow the rate", () => {
  const inSecond = [...arrivals(demo)].filter((t) => t >= 60_000 && t < 61_000).length;
  expect(inSecond).toBeGreaterThanOrEqual(503);
  expect(inSecond).toBeLessThanOrEqual(506);
});
