import { columns, type Ratios, type Row, ratiosTo } from "@compose-fleet/simulator";
import { type TextColumn, textTable } from "./text-table.ts";

/** What others are compared with where it was simulated. */
const BASE = "hpa";

const COLUMNS: readonly TextColumn<Row>[] = [
  ["policy", ({ policy }) => policy],
  ...columns.map(({ key, title, digits }) => [title, (row: Row) => row[key].toFixed(digits)] as const),
];

const RATIO_COLUMNS: readonly TextColumn<Ratios>[] = [
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
    return [`${trace}, ${own[0]?.interpolation}, ${days.get(trace)?.toFixed(1)} days`, textTable(COLUMNS, own)].join(
      "\n",
    );
  });
  const ratios = rows.some(({ policy }) => policy === BASE)
    ? ratiosTo(BASE, rows, (trace) => days.get(trace) ?? 0)
    : [];
  if (traces.length > 1 && ratios.length > 1) {
    const leftOut = ratios[0]?.withoutLoss ?? 0;
    const note = leftOut === 0 ? "" : `; lost: without ${leftOut} where ${BASE} lost nothing`;
    parts.push(
      `against ${BASE}: means over ${traces.length} traces, actions and reversals of all together${note}\n${textTable(RATIO_COLUMNS, ratios)}`,
    );
  }
  return parts.join("\n\n");
}

function twoDigits(value: number | undefined): string {
  return value === undefined ? "-" : value.toFixed(2);
}
