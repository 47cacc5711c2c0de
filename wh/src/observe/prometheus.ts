import { Agent, request } from "undici";
import { z } from "zod";
import { messageOf } from "../runtime/log.ts";
import { firstOf, wellFormed } from "../text/code-points.ts";
import type { MetricsReader, QueryResult } from "./metrics-reader.ts";

const TIMEOUT_MS = 2_000;
const MAX_BYTES = 8 * 1024 ** 2;

const responseSchema = z.object({
  status: z.literal("success"),
  data: z.object({
    resultType: z.literal("vector"),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

export interface PrometheusOptions {
  readonly url: string;
  readonly basicAuth?: { readonly username: string; readonly password: string };
  /** Milliseconds for a whole query, default 2,000. */
  readonly timeoutMs?: number;
}

/** Reads Prometheus over HTTP; every failure is a problem in words, without credentials. Owns its connections. */
export function createPrometheus(options: PrometheusOptions): MetricsReader & { close(): Promise<void> } {
  const endpoint = new URL("api/v1/query", options.url.endsWith("/") ? options.url : `${options.url}/`);
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const dispatcher = new Agent({ connections: 16, connectTimeout: timeoutMs, maxResponseSize: MAX_BYTES });
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  if (options.basicAuth) {
    const { username, password } = options.basicAuth;
    headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  }

  const query = async (promql: string): Promise<QueryResult> => {
    try {
      const response = await request(endpoint, {
        dispatcher,
        method: "POST",
        headers,
        body: new URLSearchParams({ query: promql, timeout: `${timeoutMs}ms` }).toString(),
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.body.text();
      if (response.statusCode !== 200)
        return problem(`Prometheus answered ${response.statusCode}: ${firstOf(wellFormed(text), 200)}`);
      const parsed = responseSchema.safeParse(JSON.parse(text));
      if (!parsed.success) return problem("Prometheus answered something that is no instant vector");
      const samples = parsed.data.data.result.map(({ metric, value }) => ({
        labels: metric,
        value: parseValue(value[1]),
      }));
      return { ok: true, samples };
    } catch (error) {
      return problem(`Prometheus cannot be read: ${messageOf(error)}`);
    }
  };
  return { query, close: () => dispatcher.destroy() };
}

function problem(text: string): QueryResult {
  return { ok: false, problem: text };
}

/** Prometheus writes infinities as +Inf and -Inf. */
function parseValue(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  if (text === "-Inf") return Number.NEGATIVE_INFINITY;
  return Number(text);
}
