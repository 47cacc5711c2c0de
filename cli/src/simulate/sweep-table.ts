import type { SweepPoint } from "@compose-fleet/simulator";
import { type TextColumn, textTable } from "./text-table.ts";

const COLUMNS: readonly TextColumn<SweepPoint>[] = [
  ["policy", ({ policy, isOnFront }) => `${isOnFront ? "*" : " "} ${policy}`],
  ["change", ({ set }) => set.join(" ")],
  ["lost %", ({ violationPercent }) => violationPercent.toFixed(3)],
  ["hours", ({ instanceHours }) => instanceHours.toFixed(1)],
  ["USD", ({ usdOnDemand }) => usdOnDemand.toFixed(2)],
  ["actions/day", ({ instanceActionsPerDay }) => instanceActionsPerDay.toFixed(1)],
  ["reversals/day", ({ reversals30mPerDay }) => reversals30mPerDay.toFixed(1)],
];

/** The points of a sweep for people, the fewest hours first. */
export function sweepTable(points: readonly SweepPoint[]): string {
  const traces = points[0]?.rows.length ?? 0;
  const sorted = [...points].sort((one, other) => one.instanceHours - other.instanceHours);
  const note = `${traces === 1 ? "over one trace" : `hours of ${traces} traces together, all else means over them`}; * nothing tried has fewer losses and hours`;
  return `${note}\n${textTable(COLUMNS, sorted)}`;
}
