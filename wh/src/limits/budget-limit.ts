import { hourlyBudget } from "@compose-fleet/cost";
import type { FleetConfig } from "@compose-fleet/fleet";
import type { Limit } from "@compose-fleet/policy";

/** What `budget.hourlyUsd` says about the number of workers; nothing where it is not set. A `problem` says why it cannot be kept. */
export function budgetLimit(config: FleetConfig): { readonly limits: readonly Limit[]; readonly problem?: string } {
  const budget = hourlyBudget(config);
  if (budget === undefined) return { limits: [] };
  if (!budget.ok) return { limits: [], problem: `budget.hourlyUsd is not kept: ${budget.problem}` };
  const { hourlyUsd, workers, isBelowMinimum } = budget.value;
  if (workers >= config.workers.max) return { limits: [] };
  const limit: Limit = {
    id: "budget",
    source: "budget",
    target: { kind: "workers" },
    max: workers,
    by: "the budget",
    reason: `budget.hourlyUsd is ${hourlyUsd}`,
  };
  return isBelowMinimum
    ? {
        limits: [limit],
        problem: `workers.min alone costs more than budget.hourlyUsd, ${hourlyUsd}: the minimum is kept`,
      }
    : { limits: [limit] };
}
