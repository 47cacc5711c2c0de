import { z } from "zod";

/** What narrows a number now, whoever says so: an operator's override, a schedule of fleet.yaml, its budget. */
export const limitSchema = z.object({
  /** Of the override; of others, their own name. */
  id: z.string(),
  source: z.enum(["schedule", "override", "budget"]),
  /** `fleet` (a pause), `workers`, or `replicas/SERVICE`: of that service on each worker. */
  target: z.string(),
  min: z.exactOptional(z.number()),
  max: z.exactOptional(z.number()),
  pause: z.exactOptional(z.enum(["in", "out", "all"])),
  by: z.string(),
  reason: z.exactOptional(z.string()),
  /** Null: as long as fleet.yaml says so. */
  untilMs: z.number().nullable(),
});
export type LimitView = z.output<typeof limitSchema>;
