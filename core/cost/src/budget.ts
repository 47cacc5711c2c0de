import type { FleetConfig } from "@compose-fleet/fleet";
import { fleetCost } from "./fleet-cost.ts";
import type { Priced } from "./instance-price.ts";

/** The most workers that `budget.hourlyUsd` pays for. Never fewer than `workers.min`: the minimum is kept whatever it costs. */
export interface HourlyBudget {
  readonly hourlyUsd: number;
  readonly workers: number;
  /** Whether the minimum alone costs more. */
  readonly isBelowMinimum: boolean;
}

/** What `budget.hourlyUsd` allows; undefined where it is not set. */
export function hourlyBudget(config: FleetConfig): Priced<HourlyBudget> | undefined {
  const { hourlyUsd } = config.budget;
  if (hourlyUsd === undefined) return undefined;
  const { min, max } = config.workers;
  for (let workers = max; workers >= min; workers--) {
    const cost = fleetCost(config, workers);
    if (!cost.ok) return cost;
    if (cost.value.usdPerHour <= hourlyUsd + 1e-9)
      return { ok: true, value: { hourlyUsd, workers, isBelowMinimum: false } };
  }
  return { ok: true, value: { hourlyUsd, workers: min, isBelowMinimum: true } };
}
