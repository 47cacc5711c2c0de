import { describe, expect, test } from "vitest";
import { contestants } from "../src/index.ts";
import { play } from "./world.ts";

const names = contestants.map(({ name }) => name);
const flat = (rate: number, slots: number) => Array.from({ length: slots }, () => rate);

describe("a constant load", () => {
  test.each(names)("%s does nothing once it has settled", (name) => {
    const short = play(name, flat(1000, 40), 60);
    const long = play(name, flat(1000, 100), 60);
    expect(long.instanceHours).toBeGreaterThan(short.instanceHours);
    expect([long.instanceActions, long.containerActions]).toEqual([short.instanceActions, short.containerActions]);
  });
});

describe("one step to four times the load", () => {
  // Half an hour of 450 req/s, then 1,800: three workers' worth, from one.
  const rates = [...flat(450, 30), ...flat(1800, 30)];

  test("the oracle loses nothing, at the least hours", () => {
    const score = play("oracle", rates, 60);
    expect(score.violationPercent).toBe(0);
    // One worker for 50 scored minutes, two more for the last 30 and their boots.
    expect(score.instanceHours).toBeCloseTo((50 + 2 * 31.5) / 60, 3);
  });

  test("hpa serves again once nodes have booted: the delay of its metrics, a sync, a boot and a start, of each wave", () => {
    const score = play("hpa", rates, 60);
    expect(score.longestViolationSeconds).toBeGreaterThanOrEqual(90 + 15);
    expect(score.longestViolationSeconds).toBeLessThanOrEqual(2 * (90 + 15 + 15 + 15 + 5));
  });

  test("fleet serves again after the delay of its metrics and a boot", () => {
    const score = play("fleet", rates, 60);
    // A look every 15 s at a window of 30 s that ended 15 s ago.
    expect(score.longestViolationSeconds).toBeGreaterThanOrEqual(90 + 15);
    expect(score.longestViolationSeconds).toBeLessThanOrEqual(90 + 15 + 30 + 15 + 5);
  });
});

test("a boot and a metric delay of nothing leave nothing but the loop's own pace", () => {
  const rates = [...flat(450, 30), ...flat(1800, 30)];
  const pairs = ["plant.bootSeconds=0", "plant.metricDelaySeconds=0", "plant.replicaStartSeconds=0"];
  expect(play("fleet", rates, 60, { pairs }).longestViolationSeconds).toBeLessThanOrEqual(60);
});

test("the same seed gives the same score, another one another", () => {
  const rates = Array.from({ length: 8 }, (_, slot) => 1000 + 900 * Math.sin(slot / 3));
  const of = (seed: number) =>
    play("fleet", rates, 300, { interpolation: "linear", pairs: [`plant.seed=${seed}`, "traffic.noiseShare=0.05"] });
  expect(of(1)).toEqual(of(1));
  expect(of(2)).not.toEqual(of(1));
});

test("no policy is cheaper than the oracle without losing more", () => {
  const rates = Array.from({ length: 120 }, (_, slot) => 1200 + 1100 * Math.sin(slot / 9) + 300 * Math.sin(slot));
  const least = play("oracle", rates, 60);
  expect(least.violationPercent).toBe(0);
  for (const name of names) {
    const score = play(name, rates, 60);
    expect(score.violationPercent > 0 || score.instanceHours >= least.instanceHours, name).toBe(true);
  }
});
