import { decisionText, type RecordedDecision, type TrendPoint } from "@compose-fleet/wh-api";

/** The chart's numbers, column by column; times in seconds, ascending, each once. */
export interface ChartData {
  readonly seconds: readonly number[];
  readonly load: readonly (number | null)[];
  readonly capacity: readonly (number | null)[];
  readonly forecast: readonly (number | null)[];
}

/** A decision on the chart. */
export interface Mark {
  readonly id: string;
  readonly seconds: number;
  readonly kind: "out" | "in" | "other";
  readonly text: string;
}

const MOST_MARKS = 80;

type Column = "load" | "capacity" | "forecast";

/** Load, capacity and forecast of a service, or of all together. A sum with an unknown part is unknown. */
export function chartData(trend: readonly TrendPoint[], service: string | undefined): ChartData {
  const rows = new Map<number, Record<Column, number | null>>();
  const rowAt = (atMs: number) => {
    const seconds = Math.round(atMs / 1000);
    const row = rows.get(seconds) ?? { load: null, capacity: null, forecast: null };
    rows.set(seconds, row);
    return row;
  };
  for (const point of trend) {
    const row = rowAt(point.atMs);
    row.load = sumOf(point, service, "load");
    row.capacity = sumOf(point, service, "capacity");
    const [forMs] = shown(point, service).flatMap(({ forecastForMs }) => forecastForMs ?? []);
    const forecast = sumOf(point, service, "forecast");
    if (forMs !== undefined && forecast !== null) rowAt(forMs).forecast = forecast;
  }
  const sorted = [...rows].sort(([a], [b]) => a - b);
  const column = (name: Column) => sorted.map(([, row]) => row[name]);
  return {
    seconds: sorted.map(([seconds]) => seconds),
    load: column("load"),
    capacity: column("capacity"),
    forecast: column("forecast"),
  };
}

function shown(point: TrendPoint, service: string | undefined) {
  if (service === undefined) return Object.values(point.services);
  const one = Object.hasOwn(point.services, service) ? point.services[service] : undefined;
  return one ? [one] : [];
}

function sumOf(point: TrendPoint, service: string | undefined, name: Column): number | null {
  const values = shown(point, service).map((each) => each[name]);
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum;
}

/** The newest decisions that fall on the chart, oldest first. */
export function marksOf(
  decisions: readonly RecordedDecision[],
  trend: readonly TrendPoint[],
  service: string | undefined,
): readonly Mark[] {
  const fromMs = trend[0]?.atMs ?? Number.POSITIVE_INFINITY;
  return decisions
    .filter((decision) => decision.atMs >= fromMs)
    .filter((decision) => service === undefined || decision.service === undefined || decision.service === service)
    .slice(0, MOST_MARKS)
    .map((decision) => ({
      id: decision.id,
      seconds: decision.atMs / 1000,
      kind: directionOf(decision),
      text: decisionText(decision),
    }))
    .reverse();
}

/** Whether a decision adds or takes away. */
export function directionOf({ from, to }: Pick<RecordedDecision, "from" | "to">): Mark["kind"] {
  if (to === from) return "other";
  return to > from ? "out" : "in";
}

/** The chart in at most `rows` lines for a table, newest first. */
export function tableRows(data: ChartData, rows: number): readonly (readonly [number, ...(number | null)[]])[] {
  const step = Math.max(1, Math.ceil(data.seconds.length / rows));
  return data.seconds
    .map(
      (seconds, index) =>
        [seconds, data.load[index] ?? null, data.capacity[index] ?? null, data.forecast[index] ?? null] as const,
    )
    .reverse()
    .filter((_row, index) => index % step === 0);
}
