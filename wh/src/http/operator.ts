import type { RequestHandler } from "express";
import type { Sessions } from "../session/sessions.ts";
import { bearerOf, requireBearer } from "./bearer.ts";
import { HttpError } from "./http-error.ts";
import { requireSameOrigin } from "./same-origin.ts";
import { sessionOf } from "./session-cookie.ts";

/**
 * Who may ask the API:
 *   Authorization ──► the token, or 401
 *   else a session ─✗─► 401      of another page, where something is changed ─✗─► 403
 */
export function requireOperator(token: string, sessions: Sessions): RequestHandler {
  const byToken = requireBearer(token, "API");
  return (request, response, next) => {
    const session = sessionOf(request);
    if (bearerOf(request) !== undefined || session === undefined) return byToken(request, response, next);
    if (!sessions.isValid(session)) throw new HttpError(401, "the session has ended: sign in again");
    if (request.method !== "GET" && request.method !== "HEAD") requireSameOrigin(request);
    next();
  };
}
