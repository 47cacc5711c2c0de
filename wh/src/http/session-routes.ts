import { paths, type SessionAnswer, sessionRequestSchema } from "@compose-fleet/wh-api";
import { Router } from "express";
import type { Clock } from "../runtime/clock.ts";
import type { Attempts } from "../session/attempts.ts";
import type { Sessions } from "../session/sessions.ts";
import { HttpError } from "./http-error.ts";
import { jsonBody } from "./json-body.ts";
import { requireSameOrigin } from "./same-origin.ts";
import { sessionCookie, sessionOf } from "./session-cookie.ts";
import { tokenCheck } from "./token.ts";

const LIMIT_BYTES = 4 * 1024;

/** Signing in and out. Both want a page of this address, or anybody's page could sign somebody in. */
export function sessionRoutes(deps: {
  readonly token: string;
  readonly sessions: Sessions;
  readonly attempts: Attempts;
  readonly clock: Pick<Clock, "nowMs">;
}): Router {
  const { attempts, clock, sessions } = deps;
  const isToken = tokenCheck(deps.token);
  const router = Router();
  router.post(paths.session, ...jsonBody(LIMIT_BYTES), (request, response) => {
    requireSameOrigin(request);
    const waitSeconds = attempts.waitSeconds();
    if (waitSeconds > 0) {
      response.setHeader("Retry-After", waitSeconds);
      throw new HttpError(429, `too many wrong tokens: try again in ${waitSeconds} s`);
    }
    const asked = sessionRequestSchema.safeParse(request.body);
    if (!asked.success) throw new HttpError(422, 'no token: send {"token": "…"}');
    if (!isToken(asked.data.token.trim())) {
      attempts.failed();
      throw new HttpError(401, "this is not the API token of this fleet");
    }
    const { expiresAtMs, value } = sessions.start();
    const seconds = Math.floor((expiresAtMs - clock.nowMs()) / 1000);
    response.setHeader("Set-Cookie", sessionCookie(request, value, seconds));
    response.status(201).json({ expiresAtMs } satisfies SessionAnswer);
  });
  router.delete(paths.session, (request, response) => {
    requireSameOrigin(request);
    const session = sessionOf(request);
    if (session !== undefined) sessions.end(session);
    response.setHeader("Set-Cookie", sessionCookie(request, "", 0));
    response.status(204).end();
  });
  return router;
}
