import { paths } from "@compose-fleet/wh-api";
import express, { type Express } from "express";
import type { Console } from "../console/create-console.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Log } from "../runtime/log.ts";
import type { Inbox } from "../webhook/inbox.ts";
import { alertsRoute } from "./alerts-route.ts";
import { type ApiDeps, apiRoutes } from "./api-routes.ts";
import { consoleRoutes } from "./console-routes.ts";
import { answerErrors, HttpError } from "./http-error.ts";
import { lookRoutes } from "./look-routes.ts";
import { sessionRoutes } from "./session-routes.ts";

export interface AppDeps {
  readonly alertsToken: string;
  readonly inbox: Inbox;
  readonly api: ApiDeps;
  readonly console: Console;
  readonly signIn: Parameters<typeof sessionRoutes>[0];
  readonly metrics: Metrics;
  readonly log: Log;
  /** Whether the first tick has been completed. */
  readonly isReady: () => boolean;
}

/** All routes of the scaler; listens nowhere. */
export function createApp({ alertsToken, inbox, api, console, signIn, metrics, log, isReady }: AppDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("etag", false);
  app.set("query parser", queryOf);

  app.get("/healthz", (_request, response) => void response.json({ status: "ok" }));
  app.get("/readyz", (_request, response) => {
    const ready = isReady();
    response.status(ready ? 200 : 503).json({ status: ready ? "ready" : "the first tick has not been completed" });
  });
  app.get("/metrics", async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  app.use(alertsRoute({ token: alertsToken, inbox, onAnswer: metrics.notificationAnswered }));
  app.use(consoleRoutes(console.files));
  app.use(paths.api, sessionRoutes(signIn), apiRoutes(api), lookRoutes({ ...console, sessions: api.sessions }));
  app.use(() => {
    throw new HttpError(404, "there is nothing here: see /api/status");
  });
  app.use(answerErrors(log));
  return app;
}

/** All parameters, those that come twice as lists. Node's own parser leaves out what follows the first thousand. */
function queryOf(text: string | undefined): Readonly<Record<string, string | string[]>> {
  const all = new URLSearchParams(text ?? "");
  const read = (name: string) => (all.getAll(name).length === 1 ? (all.get(name) ?? "") : all.getAll(name));
  return Object.fromEntries([...new Set(all.keys())].map((name) => [name, read(name)]));
}
