import { type AlertsAnswer, paths } from "@compose-fleet/wh-api";
import { Router } from "express";
import type { Inbox } from "../webhook/inbox.ts";
import { parseNotification } from "../webhook/notification.ts";
import { requireBearer } from "./bearer.ts";
import { HttpError } from "./http-error.ts";
import { jsonBody } from "./json-body.ts";

const LIMIT_BYTES = 1024 ** 2;

/**
 * POST /alerts and POST /
 *   token ─✗─► 401      type ─✗─► 415      size ─✗─► 413      JSON ─✗─► 400      schema ─✗─► 422
 *   all well ─► 202 with the receipt, before any work is done
 */
export function alertsRoute(deps: {
  readonly token: string;
  readonly inbox: Inbox;
  readonly onAnswer: (status: number) => void;
}): Router {
  const router = Router();
  router.post(
    [paths.alerts, "/"],
    (_request, response, next) => {
      response.on("finish", () => deps.onAnswer(response.statusCode));
      next();
    },
    requireBearer(deps.token, "alerts"),
    ...jsonBody(LIMIT_BYTES),
    (request, response) => {
      const result = parseNotification(request.body);
      if (!result.ok) throw new HttpError(422, result.problem);
      const answer = JSON.stringify({ receipt: deps.inbox.receive(result.notification).id } satisfies AlertsAnswer);
      // Not by Express: what it looks up for each answer takes a tenth of a notification's time.
      response.writeHead(202, {
        "content-type": "application/json; charset=utf-8",
        "content-length": Buffer.byteLength(answer),
      });
      response.end(answer);
    },
  );
  return router;
}
