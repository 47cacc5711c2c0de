import { z } from "zod";
import { decisionSchema } from "./decision.ts";
import { listOf, reading } from "./shapes.ts";
import { statusSchema } from "./status.ts";

/** One moment of the chart. */
const trendPointSchema = z.object({
  atMs: z.number(),
  /** In service; null while the group cannot be read. */
  workers: reading,
  services: z.record(
    z.string(),
    z.object({
      /** Requests per second that users send, and what the healthy replicas sustain. */
      load: reading,
      capacity: reading,
      /** What the load was expected to be at `forecastForMs`; null where nothing is foreseen. */
      forecast: reading,
      forecastForMs: reading,
    }),
  ),
});
export type TrendPoint = z.output<typeof trendPointSchema>;

/** What the fleet costs at the size that it has, by list prices, without traffic and tax. US dollars. */
const costSchema = z.object({
  usdPerHour: z.number(),
  usdPerMonth: z.number(),
  /** An hour of the same fleet with workers.max at all times. */
  fixedUsdPerHour: z.number(),
  /** What a month may cost, by the fleet file. */
  budgetUsdPerMonth: z.number(),
});
export type CostView = z.output<typeof costSchema>;

/** What would change a target. */
const turningPointSchema = z.object({
  target: z.string(),
  /** Requests per second, a share of CPU from 0 to 1, the CPU of a service's replicas in whole replicas, or a signal of its own. */
  measure: z.enum(["requests-per-second", "cpu", "replica-cpu", "signal"]),
  /** Null for CPU, which is all services'. */
  service: z.string().nullable(),
  /** The name of the signal; null for the others. */
  signal: z.string().nullable(),
  now: reading,
  /** Above it one more is wanted; null at the maximum, and where nothing can be said. */
  growsAbove: reading,
  /** Below it for a whole scale-in window one fewer does; null at the minimum, and where nothing can be said. */
  shrinksBelow: reading,
  /** Until the target may change, by the last tick; null where nothing is waited for. */
  secondsLeft: reading,
});
export type TurningPoint = z.output<typeof turningPointSchema>;

/** What users get, over the last minute. */
const trafficSchema = z.object({ requestsPerSecond: reading, p99Seconds: reading, failuresPerSecond: reading });
export type Traffic = z.output<typeof trafficSchema>;

/** `GET /api/look?since=MS`, and each event `look` of `GET /api/stream`: all that the console shows. */
export const lookSchema = z.object({
  /** By the scaler's clock, when it was written. */
  nowMs: z.number(),
  /** Which build of the console the scaler serves; null without one. */
  console: z.string().nullable(),
  /** The trend and the decisions of all that is remembered; false: what is new since the last look, to be added. */
  isWhole: z.boolean(),
  status: statusSchema,
  traffic: trafficSchema,
  /** Null while the group cannot be read, and where a price is not known. */
  cost: costSchema.nullable(),
  /** What one replica of each service sustains, requests per second. */
  capacities: z.record(z.string(), z.number()),
  turningPoints: listOf(turningPointSchema),
  /** Oldest first. */
  trend: listOf(trendPointSchema),
  /** Changes only, newest first. One that was sent before may have an outcome by now. */
  decisions: listOf(decisionSchema),
});
export type LookAnswer = z.output<typeof lookSchema>;

/** An event `beat`: nothing has changed, and the scaler lives. */
export const beatSchema = z.object({ nowMs: z.number() });
export type Beat = z.output<typeof beatSchema>;
