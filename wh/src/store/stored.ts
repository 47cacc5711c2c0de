import { type HeldStep, type Override, REASON_CODES } from "@compose-fleet/policy";
import { z } from "zod";
import type { DecisionRecord } from "../loop/decision-record.ts";
import type { PullRecord } from "../releases/ports.ts";

// What the table holds may be of another version, or of somebody's hand: it is checked as everything from outside is.

const outcome = z.looseObject({
  status: z.enum(["applied", "skipped", "failed"]),
  atMs: z.number(),
});

const decisionSchema = z.looseObject({
  id: z.string(),
  tick: z.number(),
  atMs: z.number(),
  target: z.string(),
  kind: z.enum([
    "scale-containers",
    "set-capacity",
    "drain-worker",
    "cancel-drain",
    "terminate-worker",
    "replace-worker",
    "hold",
    "override",
  ]),
  from: z.number(),
  to: z.number(),
  reason: z.looseObject({
    code: z.enum(REASON_CODES),
    numbers: z.record(z.string(), z.union([z.number(), z.string()])),
  }),
  receipts: z.array(z.string()),
  outcome: outcome.optional(),
});

const head = { id: z.string(), by: z.string(), expiresAtMs: z.number(), reason: z.string().optional() };
const bounds = { min: z.int().optional(), max: z.int().optional() };
const overrideSchema = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("pause"), direction: z.enum(["in", "out", "all"]).optional(), ...head }),
  z.looseObject({ kind: z.literal("pin-workers"), workers: z.int(), ...head }),
  z.looseObject({ kind: z.literal("pin-replicas"), service: z.string(), replicas: z.int(), ...head }),
  z.looseObject({ kind: z.literal("limit-workers"), ...bounds, ...head }),
  z.looseObject({ kind: z.literal("limit-replicas"), service: z.string(), ...bounds, ...head }),
]);

const stepSchema = z.looseObject({ target: z.string(), direction: z.enum(["up", "down"]), value: z.number() });

const pullSchema = z.looseObject({
  commit: z.string(),
  bucket: z.string(),
  key: z.string(),
  state: z.enum(["deploying", "deployed", "failed"]),
  deployment: z.string(),
  previousKey: z.string().optional(),
  cause: z.string().optional(),
  attempts: z.int(),
  atMs: z.number(),
});

/** A stored decision; undefined when it is none that this version understands. */
export function readDecision(stored: unknown): DecisionRecord | undefined {
  return decisionSchema.safeParse(stored).data as DecisionRecord | undefined;
}

/** A stored override; undefined when it is none that this version understands. */
export function readOverride(stored: unknown): Override | undefined {
  return overrideSchema.safeParse(stored).data as Override | undefined;
}

/** A stored step; undefined when it is none that this version understands. */
export function readStep(stored: unknown): HeldStep | undefined {
  return stepSchema.safeParse(stored).data;
}

/** Pull mode's stored record. Throws when it is none: acting as if nothing had been deployed would deploy again. */
export function readPullRecord(stored: unknown): PullRecord {
  const parsed = pullSchema.safeParse(stored);
  if (!parsed.success)
    throw new Error("the item release/pull of the state table is no record of pull mode: delete it to begin anew");
  return parsed.data as PullRecord;
}
