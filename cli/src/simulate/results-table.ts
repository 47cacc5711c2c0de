import { type Ratios, type Row, ratiosTo } from "@compose-fleet/simulator";

/** What others are compared with where it was simulated. */
const BASE = "hpa";

const COLUMNS: readonly (readonly [title: string, of: (row: Row) => string])[] = [
  ["policy", ({ policy }) => policy],
  ["lost %", ({ violationPercent }) => violationPercent.toFixed(3)],
  ["of time %", ({ violationTimePercent }) => violationTimePercent.toFixed(2)],
  ["longest s", ({ longestViolationSeconds }) => longestViolationSeconds.toFixed(0)],
  ["hours", ({ instanceHours }) => instanceHours.toFixed(1)],
  ["x oracle", ({ hoursVsOracle }) => hoursVsOracle.toFixed(2)],
  ["USD", ({ usdOnDemand }) => usdOnDemand.toFixed(2)],
  ["as Spot", ({ usdSpot }) => usdSpot.toFixed(2)],
  ["actions/day", ({ instanceActionsPerDay }) => instanceActionsPerDay.toFixed(1)],
  ["replicas/day", ({ containerActionsPerDay }) => containerActionsPerDay.toFixed(1)],
  ["reversals/day", ({ reversals30mPerDay }) => reversals30mPerDay.toFixed(1)],
];

const RATIO_COLUMNS: readonly (readonly [title: string, of: (ratios: Ratios) => string])[] = [
  ["policy", ({ policy }) => policy],
  ["lost", ({ violations }) => twoDigits(violations)],
  ["lost (geometric)", ({ violationsGeometric }) => twoDigits(violationsGeometric)],
  ["hours", ({ hours }) => hours.toFixed(3)],
  ["actions", ({ actions }) => twoDigits(actions)],
  ["reversals", ({ reversals }) => twoDigits(reversals)],
];

/** The results for people: a table for each trace, and, over several, how each policy does against `hpa`. */
export function resultsTable(rows: readonly Row[], days: ReadonlyMap<string, number>): string {
  const traces = [...new Set(rows.map(({ trace }) => trace))];
  const parts = traces.map((trace) => {
    const own = rows.filter((row) => row.trace === trace);
    return [`${trace}, ${own[0]?.interpolation}, ${days.get(trace)?.toFixed(1)} days`, table(COLUMNS, own)].join("\n");
  });
  const ratios = rows.some(({ policy }) => policy === BASE)
    ? ratiosTo(BASE, rows, (trace) => days.get(trace) ?? 0)
    : [];
  if (traces.length > 1 && ratios.length > 1) {
    const leftOut = ratios[0]?.withoutLoss ?? 0;
    const note = leftOut === 0 ? "" : `; lost: without ${leftOut} where ${BASE} lost nothing`;
    parts.push(
      `against ${BASE}: means over ${traces.length} traces, actions and reversals of all together${note}\n${table(RATIO_COLUMNS, ratios)}`,
    );
  }
  return parts.join("\n\n");
}

function table<T>(columns: readonly (readonly [string, (row: T) => string])[], rows: readonly T[]): string {
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, of]) => of(row)))];
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `  ${line}`)
    .join("\n");
}

function twoDigits(value: number | undefined): string {
  return value === undefined ? "-" : value.toFixed(2);
}
