import { createServer, type Server } from "node:http";
import { performance } from "node:perf_hooks";
import { createApp } from "./app.ts";
import type { ServiceConfig } from "./config.ts";
import { type DrainTimes, drain } from "./drain.ts";
import { createMetrics } from "./metrics.ts";
import { createSlots } from "./slots.ts";

/** One replica. */
export interface Service {
  /** Listens; resolves with the port. Rejects when the port is taken. */
  start(): Promise<number>;
  /** Leaves without losing a request; a second call joins the first. */
  stop(times: DrainTimes): Promise<{ readonly unanswered: number }>;
}

const JITTER = 0.2;

/** Builds a replica without starting it; `random` gives numbers from 0 up to 1. */
export function createService(config: ServiceConfig, random: () => number): Service {
  const slots = createSlots({ concurrency: config.concurrency, maxRequests: config.maxRequests });
  const nowMs = (): number => performance.now();
  let leaving: Promise<{ readonly unanswered: number }> | undefined;
  let open = 0;
  const app = createApp({
    payload: config.payload,
    slots,
    metrics: createMetrics(slots),
    workMs: () => config.workMs * (1 - JITTER + 2 * JITTER * random()),
    nowMs,
    draining: () => leaving !== undefined,
  });
  const server: Server = createServer((req, res) => {
    open += 1;
    res.once("close", () => {
      open -= 1;
    });
    app(req, res);
  });
  return {
    start: () =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(config.port, () => {
          server.off("error", reject);
          const address = server.address();
          resolve(typeof address === "object" && address !== null ? address.port : config.port);
        });
      }),
    stop(times) {
      leaving ??= drain({ server, open: () => open, nowMs }, times);
      return leaving;
    },
  };
}
