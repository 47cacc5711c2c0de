import { z } from "zod";
import { listOf } from "./shapes.ts";

/** What became of a notification: received, woke which tick, led to which decisions. */
export const receiptSchema = z.object({
  id: z.string(),
  receivedAtMs: z.number(),
  receiver: z.string(),
  /** Shortened for display. */
  groupKey: z.string(),
  firing: z.number(),
  resolved: z.number(),
  truncatedAlerts: z.number(),
  /** An earlier receipt with the same news. A repeat wakes the loop all the same. */
  repeats: z.exactOptional(z.string()),
  /** One sentence per alert that asks for nothing or cannot be followed. */
  notes: listOf(z.string()),
  /** The tick it woke; unset while queued. */
  tick: z.exactOptional(z.number()),
  /** Ids of the decisions made by that tick, changes only. */
  decisions: listOf(z.string()),
  /** Targets that tick held, with the reason's code. */
  holds: listOf(z.string()),
});
export type Receipt = z.output<typeof receiptSchema>;
