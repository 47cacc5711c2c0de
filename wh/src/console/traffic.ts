import type { Traffic } from "@compose-fleet/wh-api";
import type { MetricsReader } from "../observe/metrics-reader.ts";
import { type Clock, inTime } from "../runtime/clock.ts";

/** Without nginx's own paths and what no service serves. */
const USERS = `service!~"internal|none"`;

/** What users get, over all services and the last minute. */
export const TRAFFIC_QUERIES = {
  requestsPerSecond: `sum(rate(fleet_http_requests_total{${USERS}}[1m]))`,
  p99Seconds: `histogram_quantile(0.99, sum by (le) (rate(fleet_http_request_duration_seconds_bucket{${USERS}}[1m])))`,
  // Where users are served and nobody has failed there is no series: that is 0, and nothing at all is unknown.
  failuresPerSecond: `sum(rate(fleet_http_requests_total{${USERS},status=~"5.."}[1m])) or 0 * sum(rate(fleet_http_requests_total{${USERS}}[1m]))`,
} as const satisfies Readonly<Record<keyof Traffic, string>>;

const REFRESH_MS = 5_000;
const OLD_MS = 30_000;
const LIMIT_MS = 3_000;
const nothing: Traffic = { requestsPerSecond: null, p99Seconds: null, failuresPerSecond: null };

/** What users get. It is asked for while somebody looks, never by a tick. */
export interface TrafficWatch {
  /** What was read last; each number null while it cannot be read, and when it is too old. */
  latest(): Traffic;
  /** Reads again where that is due; resolves to whether there is news. Never throws. */
  refresh(): Promise<boolean>;
}

/** Reads from Prometheus, at most every 5 s. */
export function createTraffic(metrics: MetricsReader, clock: Clock): TrafficWatch {
  let known = { atMs: Number.NEGATIVE_INFINITY, traffic: nothing };
  let askedAtMs = Number.NEGATIVE_INFINITY;

  const read = async (query: string): Promise<number | null> => {
    const late = () => ({ ok: false as const, problem: "late" });
    const result = await inTime(LIMIT_MS, clock, metrics.query(query), late);
    const value = result.ok ? result.samples[0]?.value : undefined;
    return value !== undefined && Number.isFinite(value) ? value : null;
  };
  return {
    latest: () => (clock.monotonicMs() - known.atMs > OLD_MS ? nothing : known.traffic),
    refresh: async () => {
      if (clock.monotonicMs() - askedAtMs < REFRESH_MS) return false;
      askedAtMs = clock.monotonicMs();
      const [requestsPerSecond, p99Seconds, failuresPerSecond] = await Promise.all([
        read(TRAFFIC_QUERIES.requestsPerSecond),
        read(TRAFFIC_QUERIES.p99Seconds),
        read(TRAFFIC_QUERIES.failuresPerSecond),
      ]);
      known = { atMs: clock.monotonicMs(), traffic: { requestsPerSecond, p99Seconds, failuresPerSecond } };
      return true;
    },
  };
}
