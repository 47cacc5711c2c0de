import { describe, expect, test } from "vitest";
import { play } from "./world.ts";

const hours = (rate: number, count: number) => Array.from({ length: 60 * count }, () => rate);
const wave = Array.from({ length: 60 }, (_, slot) => 1500 + 1200 * Math.sin(slot / 9));
const calm = play("fleet", wave, 60);

describe("what goes wrong costs", () => {
  // At most about twice what was lost when this was written, and of what takes workers away at least something.
  test.each([
    ["boots that take as long as they like", "plant.bootSpread=0.8", { least: 0, most: 1 }],
    ["launches that fail", "plant.launchFailureShare=0.3", { least: 0.1, most: 15 }],
    ["workers that are taken", "plant.spotInterruptionsPerDay=200", { least: 0.1, most: 4 }],
    ["workers that hang", "plant.workerLossesPerDay=40", { least: 0.1, most: 3 }],
    ["Prometheus that cannot be read", "plant.metricGapsPerDay=100", { least: 0, most: 1 }],
    ["capacity that is less than the file says", "plant.capacityShare=0.8", { least: 0, most: 1 }],
  ])("%s", (_what, pair, { least, most }) => {
    const troubled = play("fleet", wave, 60, { pairs: [pair] });
    expect(troubled).not.toEqual(calm);
    expect(troubled).toEqual(play("fleet", wave, 60, { pairs: [pair] }));
    expect(troubled.violationPercent).toBeGreaterThanOrEqual(least);
    expect(troubled.violationPercent).toBeLessThanOrEqual(most);
  });

  test("a launch that fails is not paid for", () => {
    const rates = [...hours(450, 1), ...hours(1800, 1)];
    const failing = play("oracle", rates, 60, { pairs: ["plant.launchFailureShare=1"] });
    expect(failing.instanceHours).toBeCloseTo(110 / 60, 5);
    expect(failing.violationPercent).toBeGreaterThan(0);
  });

  test("a worker that hangs alone is replaced", () => {
    const score = play("fleet", hours(300, 3), 60, { pairs: ["plant.workerLossesPerDay=20"] });
    expect(score.violationPercent).toBeGreaterThan(0);
    expect(score.longestViolationSeconds).toBeLessThan(900);
  });

  test("blind, nobody scales in", () => {
    const rates = [...hours(2000, 1), ...hours(100, 1)];
    const pairs = ["plant.metricGapsPerDay=1000", "plant.metricGapSeconds=86400"];
    const blind = play("fleet", rates, 60, { pairs });
    expect(blind.instanceActions).toBe(0);
  });
});
