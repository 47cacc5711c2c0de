import { Agent, request } from "undici";
import { z } from "zod";
import { messageOf } from "../runtime/log.ts";
import { firstOf, wellFormed } from "../text/code-points.ts";
import type { HistoryReader, MetricsReader, QueryResult, RangeResult } from "./metrics-reader.ts";

const TIMEOUT_MS = 2_000;
/** The past is asked for once, and by the day. */
const RANGE_TIMEOUT_MS = 15_000;
const MAX_BYTES = 8 * 1024 ** 2;

const responseSchema = z.object({
  status: z.literal("success"),
  data: z.object({
    resultType: z.literal("vector"),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

/** What `scalar(...)` and plain numbers answer: one value without labels. */
const scalarSchema = z
  .object({
    status: z.literal("success"),
    data: z.object({ resultType: z.literal("scalar"), result: z.tuple([z.number(), z.string()]) }),
  })
  .transform(({ status, data }) => ({
    status,
    data: { resultType: "vector" as const, result: [{ metric: {} as Record<string, string>, value: data.result }] },
  }));

const matrixSchema = z.object({
  status: z.literal("success"),
  data: z.object({
    resultType: z.literal("matrix"),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});

export interface PrometheusOptions {
  readonly url: string;
  readonly basicAuth?: { readonly username: string; readonly password: string };
  /** Milliseconds for a whole query, default 2,000. */
  readonly timeoutMs?: number;
}

/** Reads Prometheus over HTTP; every failure is a problem in words, without credentials. Owns its connections. */
export function createPrometheus(
  options: PrometheusOptions,
): MetricsReader & HistoryReader & { close(): Promise<void> } {
  const base = options.url.endsWith("/") ? options.url : `${options.url}/`;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const dispatcher = new Agent({ connections: 16, connectTimeout: timeoutMs, maxResponseSize: MAX_BYTES });
  const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
  if (options.basicAuth) {
    const { username, password } = options.basicAuth;
    headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  }

  /** What an endpoint answers, as `schema` has it. */
  const ask = async <T>(
    { path, schema, isNo, withinMs }: Endpoint<T>,
    parameters: Readonly<Record<string, string>>,
  ): Promise<{ readonly ok: true; readonly value: T } | Problem> => {
    try {
      const response = await request(new URL(path, base), {
        dispatcher,
        method: "POST",
        headers,
        body: new URLSearchParams({ ...parameters, timeout: `${withinMs}ms` }).toString(),
        signal: AbortSignal.timeout(withinMs),
      });
      const text = await response.body.text();
      if (response.statusCode !== 200)
        return problem(`Prometheus answered ${response.statusCode}: ${firstOf(wellFormed(text), 200)}`);
      const parsed = schema.safeParse(JSON.parse(text));
      return parsed.success
        ? { ok: true, value: parsed.data }
        : problem(`Prometheus answered something that is ${isNo}`);
    } catch (error) {
      return problem(`Prometheus cannot be read: ${messageOf(error)}`);
    }
  };

  const query = async (promql: string): Promise<QueryResult> => {
    const vector = {
      path: "api/v1/query",
      schema: z.union([responseSchema, scalarSchema]),
      isNo: "no instant vector",
      withinMs: timeoutMs,
    };
    const answer = await ask(vector, { query: promql });
    if (!answer.ok) return answer;
    const samples = answer.value.data.result.map(({ metric, value }) => ({
      labels: metric,
      value: parseValue(value[1]),
    }));
    return { ok: true, samples };
  };

  const range: HistoryReader["range"] = async (
    promql,
    { fromSeconds, toSeconds, stepSeconds },
  ): Promise<RangeResult> => {
    const matrix = {
      path: "api/v1/query_range",
      schema: matrixSchema,
      isNo: "no matrix",
      withinMs: options.timeoutMs ?? RANGE_TIMEOUT_MS,
    };
    const over = { start: `${fromSeconds}`, end: `${toSeconds}`, step: `${stepSeconds}` };
    const answer = await ask(matrix, { query: promql, ...over });
    if (!answer.ok) return answer;
    const series = answer.value.data.result.map(({ metric, values }) => ({
      labels: metric,
      values: values.map(([seconds, value]) => [seconds, parseValue(value)] as const),
    }));
    return { ok: true, series };
  };
  return { query, range, close: () => dispatcher.destroy() };
}

/** One of Prometheus' endpoints, and what it answers. */
interface Endpoint<T> {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  /** What an answer is that is not by the schema. */
  readonly isNo: string;
  readonly withinMs: number;
}

interface Problem {
  readonly ok: false;
  readonly problem: string;
}

function problem(text: string): Problem {
  return { ok: false, problem: text };
}

/** Prometheus writes infinities as +Inf and -Inf. */
function parseValue(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  if (text === "-Inf") return Number.NEGATIVE_INFINITY;
  return Number(text);
}
