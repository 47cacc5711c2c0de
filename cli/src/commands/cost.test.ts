import { parseFleetConfig } from "@compose-fleet/fleet";
import { expect, test } from "vitest";
import { costAnswer, costText } from "./cost.ts";

function fleet(instanceType = "t3.small") {
  const services = { web: { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 } } };
  const workers = { max: 6, instanceTypes: [instanceType], spot: { onDemandBase: 1, spotShareAboveBase: 0.5 } };
  const result = parseFleetConfig({ name: "test", services, workers });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.config;
}

test("lines add up, and the comparison says who is cheaper", () => {
  const answer = costAnswer(fleet(), 3, 0.6);
  expect(answer).toMatchObject({ onDemandWorkers: 2, spotWorkers: 1, budget: { monthlyUsd: 100, hourlyUsd: null } });
  expect(answer.lines.reduce((sum, { usdPerHour }) => sum + usdPerHour, 0)).toBeCloseTo(answer.usdPerHour);
  expect(answer.surplusUsdPerHour).toBeCloseTo(3 * 2 * 0.4 * 0.05);
  const lines = costText(answer, true);
  expect(lines.join("\n")).toMatch(/fixed at workers\.max instead: this is \d+ % less/);
  expect(lines.join("\n")).toMatch(/nodes of EKS: this is \d+ % less/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("a price that nobody knows is one clear sentence", () => {
  expect(() => costAnswer(fleet("m7i.large"), 3, null)).toThrow(
    /^The price of a m7i\.large in eu-central-1 is not known here: write budget\.prices: \{m7i\.large: \{onDemand: DOLLARS_AN_HOUR\}\}/,
  );
});
