import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import { type ApiDeps, createApi } from "./api.ts";

/** What the routes need. */
export interface AppDeps extends ApiDeps {
  /** Whether this replica is leaving: it still answers everything, and asks clients not to come back. */
  readonly draining: () => boolean;
}

/**
 * The routes of the sample service.
 *
 *     /api/…     the payload after simulated work; 503 when full, 413 above 1 MiB
 *     /healthz   200 while the process lives
 *     /readyz    200, 503 while draining
 *     /metrics   Prometheus text
 *     …          404
 */
export function createApp(deps: AppDeps): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");

  const askToLeave: RequestHandler = (_req, res, next) => {
    if (deps.draining()) res.setHeader("Connection", "close");
    next();
  };
  const notFound: RequestHandler = (req, res) => {
    res.status(404).json({ error: `nothing is at ${req.path}: try /api/hello` });
  };
  const failed: ErrorRequestHandler = (error: { status?: number }, _req, res, next) => {
    if (res.headersSent) return next(error);
    // Express gives malformed URLs a 4xx status; everything else is our own fault and says nothing about its inside.
    const status = error.status !== undefined && error.status < 500 ? error.status : 500;
    res.status(status).json({ error: status === 500 ? "internal error" : "malformed request" });
  };

  app.use(askToLeave);
  app.use("/api", createApi(deps));
  app.get("/healthz", (_req, res) => void res.json({ status: "ok" }));
  app.get("/readyz", (_req, res) => {
    const draining = deps.draining();
    res.status(draining ? 503 : 200).json({ status: draining ? "draining" : "ok" });
  });
  app.get("/metrics", async (_req, res) => {
    const text = await deps.metrics.render();
    res.type(deps.metrics.contentType).send(text);
  });
  app.use(notFound);
  app.use(failed);
  return app;
}
