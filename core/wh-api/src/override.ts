import { z } from "zod";

const kept = { id: z.string(), expiresAtMs: z.number(), by: z.string() };

/** An operator's word, which ends by itself at `expiresAtMs`. `POST /api/overrides`, 201. */
export const overrideSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("pause"), ...kept }),
  z.object({ kind: z.literal("pin-workers"), workers: z.number(), ...kept }),
  z.object({ kind: z.literal("pin-replicas"), service: z.string(), replicas: z.number(), ...kept }),
]);
export type OverrideAnswer = z.output<typeof overrideSchema>;

const asked = {
  forSeconds: z.int().min(1).max(86_400),
  by: z
    .string()
    .regex(/^[\x20-\x7e]{1,64}$/, "write 1-64 printable ASCII characters")
    .default("api"),
};

/** What `POST /api/overrides` takes. Strict: a misspelt key must not be taken for a pause without an end. */
export const overrideRequestSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("pause"), ...asked }),
  z.strictObject({ kind: z.literal("pin-workers"), workers: z.int(), ...asked }),
  z.strictObject({ kind: z.literal("pin-replicas"), service: z.string(), replicas: z.int(), ...asked }),
]);
export type OverrideRequest = z.input<typeof overrideRequestSchema>;
