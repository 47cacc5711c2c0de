import { z } from "zod";
import { decisionSchema } from "./decision.ts";
import { limitSchema } from "./limit.ts";
import { overrideSchema } from "./override.ts";
import { receiptSchema } from "./receipt.ts";
import { releasesSchema } from "./releases.ts";
import { listOf, reading } from "./shapes.ts";

/** Who leads. */
const leaderSchema = z.object({
  /** The last known holder; null when none has been seen. */
  holder: z.string().nullable(),
  isMe: z.boolean(),
  fence: z.number().nullable(),
  /** scale-out: the table is away, and the last leader may still scale out. */
  mandate: z.enum(["everything", "scale-out", "nothing"]),
});
export type LeaderView = z.output<typeof leaderSchema>;

const tickSchema = z.object({
  number: z.number(),
  atMs: z.number(),
  tookMs: z.number(),
  metricsReadable: z.boolean(),
  /** Why the group could not be read; null when it could. */
  groupProblem: z.string().nullable(),
});

const workersSchema = z.object({
  inService: z.number(),
  pending: z.number(),
  terminating: z.number(),
  aside: z.number(),
  /** Of those in service: they still serve. */
  draining: z.number(),
  /** The group's own number, and the one last decided. */
  groupDesired: z.number(),
  desired: reading,
  min: z.number(),
  max: z.number(),
  failedLaunches: z.number(),
  /** AWS's words about the last one. */
  launchProblem: z.string().nullable(),
  /** What could not be read beside the group. */
  unread: listOf(z.object({ what: z.string(), problem: z.string() })),
  /** What else changes the group: a deployment or an instance refresh, in words. */
  busyWith: z.string().nullable(),
  suspended: listOf(z.string()),
});

const serviceSchema = z.object({
  requestsPerSecond: reading,
  demand: reading,
  replicasReady: reading,
  replicasDesired: reading,
});

const memberSchema = z.object({
  id: z.string(),
  zone: z.string(),
  state: z.enum(["pending", "in-service", "terminating", "aside"]),
  up: z.boolean().nullable(),
  /** The group's own word for its state, where it says more. */
  lifecycle: z.string().nullable(),
  draining: z.boolean(),
  launchedAtMs: z.number(),
  /** 0 to 1. */
  cpuRatio: reading,
  arrivalsPerSecond: reading,
  completionsPerSecond: reading,
  services: z.record(
    z.string(),
    z.object({
      requestsPerSecond: reading,
      meanSeconds: reading,
      replicasReady: reading,
      replicasDesired: reading,
    }),
  ),
});

const targetSchema = z.object({
  target: z.string(),
  kind: decisionSchema.shape.kind,
  from: z.number(),
  desired: z.number(),
  code: z.string(),
  text: z.string(),
  inFlight: z.boolean(),
});

const signalSchema = z.object({
  id: z.string(),
  kind: z.enum(["test", "alert"]),
  scale: z.enum(["containers", "instances"]),
  direction: z.enum(["up", "down"]),
  /** Unset: every service, every worker. */
  service: z.exactOptional(z.string()),
  worker: z.exactOptional(z.string()),
  name: z.string(),
  lastSeenAtMs: z.number(),
  endsAtMs: z.number().nullable(),
});

/**
 * `GET /api/status`: the fleet at a glance, observed and desired per target. Numbers that could not be read are null. Times are epoch
 * milliseconds, by the clock of the scaler's machine.
 */
export const statusSchema = z.object({
  fleet: z.object({ name: z.string(), environment: z.string() }),
  /** The scaler decides but does not act. */
  hold: z.boolean(),
  leader: leaderSchema,
  /** Null where nothing is pulled. */
  releases: releasesSchema.nullable(),
  startedAtMs: z.number(),
  blindSeconds: z.number(),
  /** Null before the first. */
  lastTick: tickSchema.nullable(),
  /** Null when the group cannot be read. */
  workers: workersSchema.nullable(),
  services: z.record(z.string(), serviceSchema),
  members: listOf(memberSchema),
  targets: listOf(targetSchema),
  signals: listOf(signalSchema),
  /** What has lasted for longer than a boot and should not. */
  lasting: listOf(z.object({ key: z.string(), sinceMs: z.number(), text: z.string() })),
  overrides: listOf(overrideSchema),
  /** Everything that narrows a number now, overrides included, in the order in which it is heard. */
  limits: listOf(limitSchema),
  /** What is decided and said, and never done. */
  dryRun: z.object({ fleet: z.boolean(), services: listOf(z.string()) }),
  receipts: listOf(receiptSchema),
});
export type StatusAnswer = z.output<typeof statusSchema>;
