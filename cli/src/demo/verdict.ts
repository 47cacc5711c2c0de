import type { Report } from "./report.ts";

/** One thing that a run had to show. */
export interface Check {
  readonly ok: boolean;
  readonly text: string;
}

/** Share of requests that may fail in a run that counts as served. */
const failedShareLimit = 0.001;
const reversalLimit = 2;
/** Seconds from the first request within which the fleet has to be back at its minimum. */
export const scaleInLimitSeconds = 480;

/** What a run with scaling had to show; it succeeded when every check is ok. */
export function checksOf(report: Report): Check[] {
  const { requests, workers, replicas, history } = report;
  const outs = history.filter((action) => action.to > action.from);
  const share = requests.sent === 0 ? 1 : requests.failed / requests.sent;
  return [
    {
      ok: replicas.peak > replicas.start && outs.some((action) => action.level === "containers"),
      text: `containers scaled out: ${replicas.start} -> ${replicas.peak} replicas`,
    },
    {
      ok: workers.peak > workers.start && outs.some((action) => action.level === "instances"),
      text: `instances scaled out: ${workers.start} -> ${workers.peak} workers`,
    },
    {
      ok: share <= failedShareLimit,
      text: `requests were served: ${requests.failed} of ${requests.sent} failed${causes(report)}`,
    },
    {
      ok: report.scaleInDoneSeconds !== null && report.scaleInDoneSeconds <= scaleInLimitSeconds,
      text:
        report.scaleInDoneSeconds === null
          ? `scaled in: not at the minimum after ${scaleInLimitSeconds} s (${workers.end} workers, ${replicas.end} replicas)`
          : `scaled in: at the minimum ${Math.round(report.scaleInDoneSeconds)} s after the first request (${workers.end} workers, ${replicas.end} replicas)`,
    },
    {
      ok: report.reversals <= reversalLimit,
      text: `did not flap: ${report.reversals} reversals of direction (at most ${reversalLimit})`,
    },
  ];
}

/** The failures by cause, most frequent first, in brackets; empty when there are none. */
export function causes(report: Report): string {
  const entries = Object.entries(report.requests.failedBy).sort(([, a], [, b]) => b - a);
  return entries.length === 0 ? "" : ` (${entries.map(([cause, count]) => `${cause}: ${count}`).join(", ")})`;
}
