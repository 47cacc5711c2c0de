import type { Board } from "./board.ts";
import { line, ofEither } from "./query.ts";

const MONTH_HOURS = 730;
const NOW = `sum(${ofEither("wh_cost_usd_per_hour", "part")})`;
const FIXED = "max(wh_cost_fixed_usd_per_hour)";
const BUDGET = "max(wh_cost_budget_usd_per_hour)";

/** What the fleet costs, by list prices and without traffic. A region whose prices are not known leaves it empty. */
export const cost: Board = {
  uid: "fleet-cost",
  title: "Cost",
  panels: [
    {
      title: "An hour of it",
      unit: "currencyUSD",
      description:
        "At its size, by list prices, without traffic and tax. What stands beside the workers does not scale.",
      isStacked: true,
      queries: [line("{{part}}", ofEither("wh_cost_usd_per_hour", "part"))],
    },
    {
      title: "Against a fixed fleet and the budget",
      unit: "currencyUSD",
      description:
        "An hour. Fixed is the same fleet with workers.max at all times; the budget is an hour's part of budget.monthlyUsd.",
      queries: [line("now", NOW), line("fixed", FIXED), line("budget", BUDGET)],
    },
    {
      title: "A month of it",
      unit: "currencyUSD",
      description: "If every hour cost what this one does, and what the last day did on average.",
      queries: [
        line("as now", `${MONTH_HOURS} * ${NOW}`),
        line("as in the last day", `${MONTH_HOURS} * sum(max by (part) (avg_over_time(wh_cost_usd_per_hour[1d])))`),
        line("budget", `${MONTH_HOURS} * ${BUDGET}`),
      ],
    },
    {
      title: "Saved by scaling",
      unit: "percentunit",
      description: "Of what the fixed fleet would cost.",
      queries: [line("now", `1 - ${NOW} / ${FIXED}`)],
    },
    {
      title: "A million requests",
      unit: "currencyUSD",
      description:
        "At the rate of now. A quiet fleet pays for its minimum, so they are dear then; nothing without requests.",
      queries: [line("all services", `1e6 * ${NOW} / 3600 / (sum(fleet:requests:rate) > 0)`)],
    },
    {
      title: "Worker-hours of the last day",
      unit: "none",
      description:
        "On average over the last day, or since there is data: what a price of an instance is multiplied by.",
      queries: [line("workers", "24 * sum(max by (state) (avg_over_time(wh_workers_observed[1d])))")],
    },
  ],
};
