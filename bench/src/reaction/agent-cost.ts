import { readFile } from "node:fs/promises";
import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import { CliError, messageOf } from "@compose-fleet/process";
import { request } from "undici";
import { z } from "zod";

/** What watching one worker costs it. */
export interface AgentCost {
  /** CPU time of the worker's agent, milliseconds a second. */
  readonly cpuMsPerSecond: number;
  /** Compressed samples that it sends, bytes a second. */
  readonly remoteWriteBytesPerSecond: number;
}

/** The agent's own counters that the costs are read from; production does not keep them. */
export const agentCounters = ["process_cpu_seconds_total", "prometheus_remote_storage_bytes_total"] as const;

/** Of the four scrapes in it, at the usual interval, none may be older than the load. */
const windowSeconds = 60;
const timeoutMs = 10_000;

const answerSchema = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.coerce.number()]) })) }),
});

/**
 * Reads, from the fleet's Prometheus, what the agent of a worker used over the last minute. Throws `CliError` when Prometheus does
 * not answer or has no samples of it.
 */
export async function agentCost(
  { endpoints, secretFiles }: Pick<LocalFleetStatus, "endpoints" | "secretFiles">,
  worker: string,
): Promise<AgentCost> {
  const password = (await readFile(secretFiles.prometheusPassword, "utf8")).trim();
  const authorization = `Basic ${Buffer.from(`wh:${password}`).toString("base64")}`;
  const perSecond = async (counter: (typeof agentCounters)[number]) => {
    // A slope, since a worker may be younger than the window, which a rate would not take into account.
    const query = `deriv(${counter}{job="worker",worker="${worker}"}[${windowSeconds}s])`;
    const url = `${endpoints.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`;
    const { statusCode, body } = await request(url, {
      headers: { authorization },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    }).catch((error: unknown) => {
      throw new CliError(`Prometheus does not answer (${messageOf(error)}).`);
    });
    const text = await body.text();
    if (statusCode !== 200) throw new CliError(`Prometheus answered ${statusCode}: ${text.slice(0, 200)}`);
    const value = answerSchema.parse(JSON.parse(text)).data.result[0]?.value[1];
    if (value === undefined) throw new CliError(`Prometheus has no ${counter} of ${worker}.`);
    return value;
  };
  const [cpuSeconds, bytes] = await Promise.all(agentCounters.map(perSecond));
  return {
    cpuMsPerSecond: Math.round((cpuSeconds ?? 0) * 10_000) / 10,
    remoteWriteBytesPerSecond: Math.round(bytes ?? 0),
  };
}

/** The mean of several readings; null when there are none. */
export function meanCost(costs: readonly AgentCost[]): AgentCost | null {
  if (costs.length === 0) return null;
  const mean = (of: (cost: AgentCost) => number) => costs.reduce((sum, cost) => sum + of(cost), 0) / costs.length;
  return {
    cpuMsPerSecond: Math.round(mean((cost) => cost.cpuMsPerSecond) * 10) / 10,
    remoteWriteBytesPerSecond: Math.round(mean((cost) => cost.remoteWriteBytesPerSecond)),
  };
}
