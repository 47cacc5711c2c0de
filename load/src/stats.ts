import { build } from "hdr-histogram-js";
import type { ConnectionId, Counts, LoadSecond, LoadSummary } from "./messages.ts";

/** What became of one request. `latencyMs` counts from when it was due. */
export type Outcome =
  | { readonly ok: true; readonly latencyMs: number }
  | {
      readonly ok: false;
      readonly cause: string;
      readonly keepAliveRace: boolean;
      /** Absent when it never got as far as a connection. */
      readonly connection?: ConnectionId;
    };

/** Counts outcomes and latencies. */
export interface LoadStats {
  due(lagMs: number): void;
  record(outcome: Outcome): void;
  second(now: {
    readonly atMs: number;
    readonly elapsedMs: number;
    readonly targetRps: number;
    readonly inFlight: number;
  }): LoadSecond;
  summary(end: { readonly elapsedMs: number; readonly cpuMicros: number }): LoadSummary;
}

const micros = 1000;
const histogramOptions = {
  bitBucketSize: 32,
  autoResize: false,
  lowestDiscernibleValue: 1,
  highestTrackableValue: 60_000_000,
  numberOfSignificantValueDigits: 3,
} as const;

/** Empty statistics. Latencies are kept in microseconds with three digits, up to a minute. */
export function createLoadStats(): LoadStats {
  const all = build(histogramOptions);
  const recent = build(histogramOptions);
  const failedBy = new Map<string, number>();
  let sent = 0;
  let ok = 0;
  let failed = 0;
  let races = 0;
  let maxLagMs = 0;

  const counts = (): Counts => ({ sent, ok, failed, failedBy: Object.fromEntries(failedBy) });
  const at = (histogram: typeof all, percentile: number) =>
    histogram.totalCount === 0 ? null : histogram.getValueAtPercentile(percentile) / micros;

  return {
    due: (lagMs) => {
      sent += 1;
      if (lagMs > maxLagMs) maxLagMs = lagMs;
    },
    record: (outcome) => {
      if (outcome.ok) {
        ok += 1;
        const value = Math.min(
          histogramOptions.highestTrackableValue,
          Math.max(1, Math.round(outcome.latencyMs * micros)),
        );
        all.recordValue(value);
        recent.recordValue(value);
        return;
      }
      failed += 1;
      if (outcome.keepAliveRace) races += 1;
      failedBy.set(outcome.cause, (failedBy.get(outcome.cause) ?? 0) + 1);
    },
    second: (now) => {
      const p95Ms = at(recent, 95);
      recent.reset();
      return { type: "second", ...now, p95Ms, total: counts() };
    },
    summary: ({ elapsedMs, cpuMicros }) => ({
      type: "summary",
      elapsedMs,
      total: counts(),
      p50Ms: at(all, 50),
      p95Ms: at(all, 95),
      p99Ms: at(all, 99),
      maxMs: all.totalCount === 0 ? null : all.maxValue / micros,
      keepAliveRaces: races,
      maxLagMs,
      cpuMicrosPerRequest: sent === 0 ? 0 : cpuMicros / sent,
    }),
  };
}
