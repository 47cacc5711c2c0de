import { z } from "zod";
import { Slots } from "./slots.ts";
import { type Trace, TraceError } from "./trace.ts";

/** Prometheus answers at most 11,000 points. */
const MOST_POINTS = 10_900;
const FINEST_STEP_SECONDS = 60;

/** What is asked of Prometheus for the history of a fleet. Times are epoch seconds. */
export interface HistoryQuery {
  readonly query: string;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Completed requests per second of the last `rangeSeconds`, of one service or of all that users ask for. */
export function historyQuery(nowSeconds: number, rangeSeconds: number, service?: string): HistoryQuery {
  const step = FINEST_STEP_SECONDS * Math.ceil(rangeSeconds / FINEST_STEP_SECONDS / MOST_POINTS);
  const end = Math.floor(nowSeconds / step) * step;
  const labels = service === undefined ? 'service!~"internal|none"' : `service=${JSON.stringify(service)}`;
  return { query: `sum(rate(fleet_http_requests_total{${labels}}[${step}s]))`, start: end - rangeSeconds, end, step };
}

const responseSchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("error"), errorType: z.string().optional(), error: z.string().optional() }),
  z.object({
    status: z.literal("success"),
    data: z.object({
      resultType: z.string(),
      result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])).optional() })),
    }),
  }),
]);

/**
 * The trace in an answer of Prometheus' `query_range`, as it came or as it was saved. What is not a number, or missing, is a missing slot: `rate`
 * has dealt with counters that began anew. Throws `TraceError`.
 */
export function traceOfPrometheus(name: string, answer: unknown): Trace {
  const parsed = responseSchema.safeParse(answer);
  if (!parsed.success)
    throw new TraceError(name, "is no answer of Prometheus to query_range: save what /api/v1/query_range says");
  if (parsed.data.status === "error")
    throw new TraceError(name, `Prometheus refused: ${parsed.data.error ?? parsed.data.errorType ?? "no reason"}`);
  const { resultType, result } = parsed.data.data;
  if (resultType !== "matrix")
    throw new TraceError(name, `got a ${resultType}: a range is needed, from query_range and not from query`);
  if (result.length > 1)
    throw new TraceError(
      name,
      `got ${result.length} series: ask for one, such as sum(rate(fleet_http_requests_total[1m]))`,
    );
  const values = result[0]?.values ?? [];
  const slots = new Slots(name);
  let isEmpty = true;
  for (const [index, [atSeconds, text]] of values.entries()) {
    const rate = Number(text);
    if (text.trim() === "" || !Number.isFinite(rate)) continue;
    if (rate < 0) throw new TraceError(name, `got ${text} requests per second at ${atSeconds}: it cannot be negative`);
    slots.add(index + 1, atSeconds, rate);
    isEmpty = false;
  }
  if (isEmpty)
    throw new TraceError(name, "has no data in this range: is the fleet older than that, and is it its Prometheus?");
  return slots.end();
}

/** A trace as a file that `readTrace` reads: what was asked for once can be simulated again. */
export function traceText({ rates, startSeconds, stepSeconds }: Trace): string {
  const lines = ["timestamp,requests_per_second"];
  for (const [slot, rate] of rates.entries())
    if (!Number.isNaN(rate)) lines.push(`${startSeconds + slot * stepSeconds},${Number(rate.toPrecision(7))}`);
  return `${lines.join("\n")}\n`;
}
