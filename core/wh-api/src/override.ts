import { z } from "zod";

const direction = z.enum(["in", "out", "all"]);
const bounds = { min: z.exactOptional(z.number()), max: z.exactOptional(z.number()) };
/** `reason` is missing only where an earlier version has taken the override. */
const kept = { id: z.string(), expiresAtMs: z.number(), by: z.string(), reason: z.exactOptional(z.string()) };

/** An operator's word, which ends by itself at `expiresAtMs`. `POST /api/overrides`, 201. */
export const overrideSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("pause"), direction: z.exactOptional(direction), ...kept }),
  z.object({ kind: z.literal("pin-workers"), workers: z.number(), ...kept }),
  z.object({ kind: z.literal("pin-replicas"), service: z.string(), replicas: z.number(), ...kept }),
  z.object({ kind: z.literal("limit-workers"), ...bounds, ...kept }),
  z.object({ kind: z.literal("limit-replicas"), service: z.string(), ...bounds, ...kept }),
]);
export type OverrideAnswer = z.output<typeof overrideSchema>;

/** How long an override may last, in seconds: what is to last longer belongs into fleet.yaml. */
export const LONGEST_OVERRIDE_SECONDS = 86_400;

const line = (most: number) =>
  z
    .string()
    .trim()
    .regex(/^\P{C}+$/u, "write one line that can be printed")
    .max(most, `write at most ${most} characters`);

const asked = {
  forSeconds: z.int().min(1).max(LONGEST_OVERRIDE_SECONDS),
  by: z
    .string()
    .regex(/^[\x20-\x7e]{1,64}$/, "write 1-64 printable ASCII characters")
    .default("api"),
  reason: line(200).describe("Whoever finds it at night should know why."),
};
const askedBounds = { min: z.int().exactOptional(), max: z.int().exactOptional() };
const saysSomething = ({ min, max }: { readonly min?: number; readonly max?: number }) =>
  min !== undefined || max !== undefined;
const NOTHING = { path: ["min"], message: "write min, max or both" };

/** What `POST /api/overrides` takes. Strict: a misspelt key must not be taken for a pause without an end. */
export const overrideRequestSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("pause"), direction: direction.exactOptional(), ...asked }),
  z.strictObject({ kind: z.literal("pin-workers"), workers: z.int(), ...asked }),
  z.strictObject({ kind: z.literal("pin-replicas"), service: z.string(), replicas: z.int(), ...asked }),
  z.strictObject({ kind: z.literal("limit-workers"), ...askedBounds, ...asked }).refine(saysSomething, NOTHING),
  z
    .strictObject({ kind: z.literal("limit-replicas"), service: z.string(), ...askedBounds, ...asked })
    .refine(saysSomething, NOTHING),
]);
export type OverrideRequest = z.input<typeof overrideRequestSchema>;
