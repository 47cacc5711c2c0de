import { z } from "zod";

/** `POST /alerts`, 202: the notification was taken, and `GET /api/explain?receipt=ID` tells what came of it. */
export const alertsAnswerSchema = z.object({ receipt: z.string() });
export type AlertsAnswer = z.output<typeof alertsAnswerSchema>;

/** Every refusal: what was got, and what to do. */
export const errorAnswerSchema = z.object({ error: z.string() });
export type ErrorAnswer = z.output<typeof errorAnswerSchema>;
