import { fleetCost, MONTH_HOURS } from "@compose-fleet/cost";
import type { FleetConfig } from "@compose-fleet/fleet";
import { Gauge, type Registry } from "prom-client";

/** What the fleet costs at its size, by list prices. Returns what is told how many workers there are; where a price is not known nothing is exported. */
export function createCostMetrics(config: FleetConfig, registry: Registry): (workers: number) => void {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const cost = gauge("wh_cost_usd_per_hour", "What the fleet costs an hour at its size, by list prices", ["part"]);
  const fixed = gauge("wh_cost_fixed_usd_per_hour", "What it would cost an hour with workers.max at all times");
  const budget = gauge("wh_cost_budget_usd_per_hour", "An hour's part of budget.monthlyUsd");
  budget.set(config.budget.monthlyUsd / MONTH_HOURS);
  const atMost = fleetCost(config, config.workers.max);
  if (atMost.ok) fixed.set(atMost.value.usdPerHour);
  else fixed.remove();
  return (workers) => {
    const priced = fleetCost(config, workers);
    if (!priced.ok) return;
    const { usdPerHour, workersUsdPerHour } = priced.value;
    cost.set({ part: "workers" }, workersUsdPerHour);
    cost.set({ part: "beside" }, usdPerHour - workersUsdPerHour);
  };
}
