import { readFileSync } from "node:fs";
import { type FleetConfigInput, parseFleetConfig } from "@compose-fleet/fleet";
import { expect, test } from "vitest";
import { eksCost, fleetCost, hourlyBudget, instancePrice, MONTH_HOURS, surplusCost } from "../src/index.ts";

function fleet(change: Partial<FleetConfigInput> = {}) {
  const services = { web: { path: "/", port: 80, memory: "64m", capacity: { requestsPerSecond: 100 } } };
  const result = parseFleetConfig({ name: "test", services, ...change });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.config;
}
const month = (workers: number, change?: Partial<FleetConfigInput>) => {
  const cost = fleetCost(fleet(change), workers);
  if (!cost.ok) throw new Error(cost.problem);
  return cost.value.usdPerHour * MONTH_HOURS;
};

test("a month costs what docs/deploy.md prints", () => {
  const page = readFileSync(new URL("../../../docs/deploy.md", import.meta.url), "utf8");
  const [, one, three] = /\| \*\*sum\*\* +\| +\*\*(\d+)\*\* \| +\*\*(\d+)\*\*/.exec(page) ?? [];
  expect(Math.abs(month(1) - Number(one))).toBeLessThan(2);
  expect(Math.abs(month(3) - Number(three))).toBeLessThan(2);
  const eks = eksCost(fleet({ workers: { instanceTypes: ["t3.medium"] } }), 2);
  expect(eks.ok && Math.abs(eks.value * MONTH_HOURS - 191)).toBeLessThan(8);
});

test("Spot workers are those above the base, as the group divides them", () => {
  const workers = { max: 10, spot: { onDemandBase: 2, spotShareAboveBase: 0.7 } };
  const cost = fleetCost(fleet({ workers }), 10);
  expect(cost.ok && cost.value).toMatchObject({ onDemandWorkers: 5, spotWorkers: 5 });
  expect(month(10, { workers })).toBeLessThan(month(10, { workers: { max: 10 } }));
});

test.each<[what: string, change: Partial<FleetConfigInput>, problem: RegExp]>([
  [
    "a type",
    { workers: { instanceTypes: ["m7i.large"] } },
    /price of a m7i\.large in eu-central-1 is not known here: write budget\.prices/,
  ],
  ["a region", { region: "us-east-1" }, /price of a t3\.small in us-east-1 is not known/],
])("%s without a price is told, with what to write", (_what, change, problem) => {
  const cost = fleetCost(fleet(change), 2);
  expect(cost.ok ? "" : cost.problem).toMatch(problem);
  expect(surplusCost(fleet(change), 2, 0.9)).toBe(0);
});

test("prices of the fleet file go before the list, and close its gaps", () => {
  const budget = { prices: { "m7i.large": { onDemand: 0.12, spot: 0.05 }, "t3.small": { onDemand: 0.02 } } };
  expect(instancePrice(fleet({ budget }), "m7i.large")).toEqual({ ok: true, value: { onDemand: 0.12, spot: 0.05 } });
  expect(instancePrice(fleet({ budget }), "t3.small")).toMatchObject({ value: { onDemand: 0.02 } });
  expect(instancePrice(fleet({ budget }), "constructor").ok).toBe(false);
});

test("burstable workers pay for what they do not earn", () => {
  expect(surplusCost(fleet(), 1, 0.6)).toBeCloseTo(0.04);
  expect(surplusCost(fleet(), 3, 0.1)).toBe(0);
});

test("the hourly budget allows the most workers that it pays for, and the minimum whatever it costs", () => {
  const allowed = (hourlyUsd: number, min = 1) => {
    const budget = hourlyBudget(fleet({ budget: { hourlyUsd }, workers: { min, max: 6 } }));
    return budget?.ok ? [budget.value.workers, budget.value.isBelowMinimum] : budget?.problem;
  };
  expect(hourlyBudget(fleet())).toBeUndefined();
  expect([100, 0.2, 0.01].map((usd) => allowed(usd))).toEqual([
    [6, false],
    [3, false],
    [1, true],
  ]);
  for (let usd = 0.05; usd < 0.4; usd += 0.01) {
    const [workers = 0, isBelow] = allowed(usd, 2) as [number, boolean];
    expect(month(workers) / MONTH_HOURS <= usd + 1e-9 || isBelow).toBe(true);
    expect(workers === 6 || month(workers + 1) / MONTH_HOURS > usd).toBe(true);
  }
});
