import { z } from "zod";

/** Requests by outcome; a cause is a status code ("503"), an error code ("ECONNREFUSED"), "timeout" or "client-overload". */
const countsSchema = z.object({
  /** Requests that were due, sent or not. */
  sent: z.int(),
  ok: z.int(),
  failed: z.int(),
  failedBy: z.record(z.string(), z.int()),
});
export type Counts = z.output<typeof countsSchema>;

/** What the load process prints once a second. Counts are since the start; milliseconds. */
const secondSchema = z.object({
  type: z.literal("second"),
  atMs: z.number(),
  elapsedMs: z.number(),
  targetRps: z.number(),
  inFlight: z.int(),
  /** Of the requests answered since the last line. */
  p95Ms: z.number().nullable(),
  total: countsSchema,
});

/** The load process' last line. */
const summarySchema = z.object({
  type: z.literal("summary"),
  elapsedMs: z.number(),
  total: countsSchema,
  /** Latency of successful requests, counted from when they were due; null when there were none. */
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  maxMs: z.number().nullable(),
  /** Failures where the server closed a kept connection before it answered: a browser would have sent those again. */
  keepAliveRaces: z.int(),
  /** How late requests left this process, at worst: above some 50 ms the generator itself was short of CPU. */
  maxLagMs: z.number(),
  cpuMicrosPerRequest: z.number(),
});

/** One request that failed, printed as it happens; epoch milliseconds. */
const failureSchema = z.object({
  type: z.literal("failure"),
  dueAtMs: z.number(),
  failedAtMs: z.number(),
  cause: z.string(),
  /** The connection that carried it: its port on this side, and when it was opened, since ports are used again. Absent without one. */
  connection: z.strictObject({ localPort: z.int(), openedAtMs: z.number() }).optional(),
});

export type LoadFailure = z.output<typeof failureSchema>;
export type ConnectionId = NonNullable<LoadFailure["connection"]>;
export type LoadSecond = z.output<typeof secondSchema>;
export type LoadSummary = z.output<typeof summarySchema>;
export type LoadMessage = LoadSecond | LoadSummary | LoadFailure;

const messageSchema = z.discriminatedUnion("type", [secondSchema, summarySchema, failureSchema]);

/** Reads one line of the load process; throws when it is not one of its messages. */
export function parseLoadMessage(line: string): LoadMessage {
  return messageSchema.parse(JSON.parse(line));
}

/** What the load process is told, as JSON in its first argument. */
export const loadRequestSchema = z.strictObject({
  target: z.string(),
  body: z.string(),
  profile: z
    .array(z.strictObject({ durationMs: z.number().positive(), fromRps: z.number().min(0), toRps: z.number().min(0) }))
    .min(1),
  timeoutMs: z.number().positive(),
  maxInFlight: z.int().positive(),
  /** Default: POST with the body. GET sends none. */
  method: z.enum(["GET", "POST"]).optional(),
  /** The host that is asked for, where it is not the target's own. */
  host: z.string().optional(),
  /** Each connection begins with a header of the PROXY protocol, so that a load balancer which takes one knows its port on this side. */
  proxyProtocol: z.boolean().optional(),
});
export type LoadRequest = z.output<typeof loadRequestSchema>;
