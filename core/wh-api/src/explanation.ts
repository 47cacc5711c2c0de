import { z } from "zod";
import { decisionSchema } from "./decision.ts";
import { receiptSchema } from "./receipt.ts";
import { listOf } from "./shapes.ts";

const dated = z.object({ atMs: z.number(), value: z.number() });

/** One target, what was decided for it last, and what that was made from. */
const explainedSchema = z.object({
  target: z.string(),
  decision: decisionSchema,
  /** What was needed at each tick of the stabilization window. */
  recommendations: listOf(dated),
  /** The last number commanded; null when none is remembered. */
  commanded: dated.nullable(),
  /** Steps of test alerts and of signals while Prometheus is away. */
  steps: listOf(z.object({ signal: z.string(), direction: z.enum(["up", "down"]), value: z.number() })),
  inFlight: z.boolean(),
  /** What the worker tells of the service: it crashes, was killed for its memory, was healed or cannot be. */
  troubles: listOf(z.string()).default([]),
  lastChange: decisionSchema.nullable(),
});
export type Explained = z.output<typeof explainedSchema>;

const head = z.object({ tick: z.number(), atMs: z.number() });

/** `GET /api/explain`: the last tick, target by target. */
export const explanationSchema = head.extend({ targets: listOf(explainedSchema) });
export type Explanation = z.output<typeof explanationSchema>;

/** `GET /api/explain?target=TARGET`: one target of the last tick. */
export const targetExplanationSchema = head.extend(explainedSchema.shape);
export type TargetExplanation = z.output<typeof targetExplanationSchema>;

/** `GET /api/explain?receipt=ID`: what became of a notification, newest decision first. */
export const receiptExplanationSchema = z.object({ receipt: receiptSchema, decisions: listOf(decisionSchema) });
export type ReceiptExplanation = z.output<typeof receiptExplanationSchema>;
