import { z } from "zod";
import { listOf } from "./shapes.ts";

/** A decision as the scaler recorded it. Times in epoch milliseconds, by the clock of the scaler's machine. */
export const decisionSchema = z.object({
  id: z.string(),
  tick: z.number(),
  atMs: z.number(),
  /** `workers`, or `replicas/WORKER/SERVICE`. */
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
  /** The number before; on a hold, `from` and `to` are the same. */
  from: z.number(),
  to: z.number(),
  /** The worker and the service that it is about, where it is about one. */
  worker: z.exactOptional(z.string()),
  service: z.exactOptional(z.string()),
  /** Why, as data: a code of the policy's, and the numbers that bound the decision. A newer scaler may have more codes. */
  reason: z.object({ code: z.string(), numbers: z.record(z.string(), z.union([z.number(), z.string()])) }),
  /** The reason, as a sentence. */
  text: z.string(),
  /** Ids of the notifications that woke the tick. */
  receipts: listOf(z.string()),
  /** What became of it; unset on a hold and while it is under way. */
  outcome: z.exactOptional(
    z.object({
      status: z.enum(["applied", "skipped", "failed"]),
      atMs: z.number(),
      /** Why it was skipped or failed, and whether the same action may succeed later. */
      reason: z.exactOptional(z.string()),
      retryable: z.exactOptional(z.boolean()),
    }),
  ),
});
export type RecordedDecision = z.output<typeof decisionSchema>;

/** Which decisions of the last 90 days are meant: at `sinceMs` or later, before `untilMs` (epoch milliseconds), of one target or of all. */
export interface AuditQuery {
  readonly sinceMs: number;
  readonly untilMs?: number | undefined;
  readonly target?: string | undefined;
  /** 1 to 1000. */
  readonly limit: number;
}

/** `GET /api/decisions?limit=N&target=TARGET&since=MS&until=MS`: newest first. Without `since`, what the scaler remembers. */
export const decisionsSchema = z.object({ decisions: listOf(decisionSchema) });
export type DecisionsAnswer = z.output<typeof decisionsSchema>;
