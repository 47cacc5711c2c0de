import { readFile } from "node:fs/promises";
import { type CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { FLEET_METRICS, type FleetConfig, metricNamespace } from "@compose-fleet/fleet";
import type { ErrorShare } from "@compose-fleet/releases";
import { z } from "zod";

const MINUTE = 60;
const LIMIT_MS = 10_000;
/** The heartbeat's own question, which a local fleet has no CloudWatch to send the answer to. */
export const SHARE_QUERY =
  '(sum(rate(fleet_http_requests_total{status=~"5..",service!="internal"}[1m])) or vector(0)) / (sum(rate(fleet_http_requests_total{service!="internal"}[1m])) > 0)';

const rangeSchema = z.object({
  data: z.object({ result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })) }),
});

/** Shares of 5xx by the minute, of the whole fleet, between two times (epoch ms). Throws where they cannot be read. */
export type ReadErrorShares = (fromMs: number, toMs: number) => Promise<readonly ErrorShare[]>;

/** Those that the fleet on AWS has sent to CloudWatch. */
export function cloudWatchShares(
  client: Pick<CloudWatchClient, "send">,
  config: Pick<FleetConfig, "name" | "environment">,
): ReadErrorShares {
  const metric = { Namespace: metricNamespace(config), MetricName: FLEET_METRICS.serverErrors };
  return async (fromMs, toMs) => {
    const command = new GetMetricDataCommand({
      StartTime: new Date(fromMs),
      EndTime: new Date(toMs),
      MetricDataQueries: [{ Id: "errors", MetricStat: { Metric: metric, Period: MINUTE, Stat: "Average" } }],
    });
    const { MetricDataResults } = await client.send(command, { abortSignal: AbortSignal.timeout(LIMIT_MS) });
    const [result] = MetricDataResults ?? [];
    if (result === undefined) throw new Error("CloudWatch answered without a result");
    const { Timestamps = [], Values = [], StatusCode } = result;
    if (StatusCode !== "Complete") throw new Error(`CloudWatch answered ${StatusCode ?? "without a status"}`);
    return Timestamps.flatMap((time, index) => {
      const share = Values[index];
      return share === undefined ? [] : [{ atMs: time.getTime(), share }];
    });
  };
}

/** Those that the Prometheus of a fleet on this machine has; the password's file is read anew each time. */
export function prometheusShares(url: string, passwordFile: string): ReadErrorShares {
  return async (fromMs, toMs) => {
    const password = (await readFile(passwordFile, "utf8")).trim();
    const range = { start: String(fromMs / 1000), end: String(toMs / 1000), step: String(MINUTE) };
    const answer = await fetch(`${url}/api/v1/query_range?${new URLSearchParams({ query: SHARE_QUERY, ...range })}`, {
      headers: { authorization: `Basic ${Buffer.from(`wh:${password}`).toString("base64")}` },
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    if (!answer.ok) throw new Error(`Prometheus answered ${answer.status}`);
    const { data } = rangeSchema.parse(await answer.json());
    // A share at a time is that of the minute before it.
    return (data.result[0]?.values ?? []).map(([at, share]) => ({ atMs: (at - MINUTE) * 1000, share: Number(share) }));
  };
}
