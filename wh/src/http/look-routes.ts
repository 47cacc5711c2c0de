import { paths } from "@compose-fleet/wh-api";
import { type Request, type Response, Router } from "express";
import type { Feed } from "../console/feed.ts";
import type { Looks } from "../console/looks.ts";
import type { Sessions } from "../session/sessions.ts";
import { bearerOf } from "./bearer.ts";
import { HttpError } from "./http-error.ts";
import { sessionOf } from "./session-cookie.ts";

/** More than what a proxy keeps back before it passes anything on. */
const PADDING = `:${" ".repeat(2_048)}\n\n`;

/** What the console shows: once, and as server-sent events. Both behind `requireOperator`. */
export function lookRoutes({ feed, looks, sessions }: { feed: Feed; looks: Looks; sessions: Sessions }): Router {
  const router = Router();
  router.get(paths.look, async (request, response) => {
    response.setHeader("Cache-Control", "no-store");
    response.json(await looks.look(sinceOf(request.query.since)));
  });
  router.get(paths.stream, (request, response) => {
    if (!feed.hasRoom()) throw new HttpError(503, "too many pages are open: this one asks from time to time instead");
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      // nginx's word for: pass on at once.
      "x-accel-buffering": "no",
    });
    response.write(`${PADDING}retry: 3000\n\n`);
    response.on("close", feed.add(watcherOf(request, response, sessions)));
  });
  return router;
}

function watcherOf(request: Request, response: Response, sessions: Sessions) {
  const session = bearerOf(request) === undefined ? sessionOf(request) : undefined;
  return {
    send: (bytes: Buffer) => {
      if (response.writableNeedDrain || response.writableEnded) return false;
      response.write(bytes);
      return true;
    },
    mayWatch: () => session === undefined || sessions.isValid(session),
    end: () => void response.end(),
  };
}

function sinceOf(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || !/^\d{1,16}$/.test(value))
    throw new HttpError(400, "since is a time in epoch milliseconds");
  return Number(value);
}
