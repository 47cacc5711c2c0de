import type { Row } from "./row.ts";

/** A figure as people read it. */
export interface Column {
  readonly key: Exclude<keyof Row, "trace" | "interpolation" | "policy">;
  readonly title: string;
  readonly digits: number;
}

/** The figures of a row, in the order in which every table shows them. */
export const columns: readonly Column[] = [
  { key: "violationPercent", title: "lost %", digits: 3 },
  { key: "violationTimePercent", title: "of time %", digits: 2 },
  { key: "longestViolationSeconds", title: "longest s", digits: 0 },
  { key: "instanceHours", title: "hours", digits: 1 },
  { key: "hoursVsOracle", title: "x oracle", digits: 2 },
  { key: "usdOnDemand", title: "USD", digits: 2 },
  { key: "usdSpot", title: "as Spot", digits: 2 },
  { key: "instanceActionsPerDay", title: "actions/day", digits: 1 },
  { key: "containerActionsPerDay", title: "replicas/day", digits: 1 },
  { key: "reversals30mPerDay", title: "reversals/day", digits: 1 },
];
