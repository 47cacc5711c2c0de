import { z } from "zod";

/** What `POST /api/session` takes: the API's token, which comes back as a cookie that no script reads. */
export const sessionRequestSchema = z.strictObject({ token: z.string().min(1).max(1_000) });
export type SessionRequest = z.output<typeof sessionRequestSchema>;

/** `POST /api/session`, 201. `DELETE /api/session` ends it, 204. */
export const sessionSchema = z.object({ expiresAtMs: z.number() });
export type SessionAnswer = z.output<typeof sessionSchema>;
