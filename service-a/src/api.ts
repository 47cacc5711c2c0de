import type { Request, Response } from "express";
import type { ServiceMetrics } from "./metrics.ts";
import type { Slots } from "./slots.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/** What answering needs. */
export interface ApiDeps {
  readonly payload: string;
  readonly slots: Slots;
  readonly metrics: ServiceMetrics;
  /** Milliseconds that the next request shall take. */
  readonly workMs: () => number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/** The handler of everything under `/api/`: reads and forgets the body, waits for a slot, works, answers the payload. */
export function createApi(deps: ApiDeps): (req: Request, res: Response) => void {
  const body = Buffer.from(deps.payload);
  const headers = { "Content-Type": "text/plain; charset=utf-8", "Content-Length": body.byteLength };

  const work = (res: Response): void => {
    const arrivedMs = deps.nowMs();
    let timer: NodeJS.Timeout | undefined;
    const place = deps.slots.enter(() => {
      timer = setTimeout(() => {
        res.writeHead(200, headers);
        res.end(body);
      }, deps.workMs());
    });
    if (!place) {
      deps.metrics.rejected();
      res.setHeader("Retry-After", "1");
      res.status(503).json({ error: "this replica is full: try again in a second" });
      return;
    }
    // "close" comes after the answer, and also when the client went away while waiting or being worked on.
    res.once("close", () => {
      clearTimeout(timer);
      place.leave();
      if (res.writableFinished) deps.metrics.finished((deps.nowMs() - arrivedMs) / 1000);
    });
  };

  return (req, res) => {
    const declared = Number(req.headers["content-length"] ?? 0);
    if (declared > MAX_BODY_BYTES) return refuseBody(res);
    if (declared === 0 && req.headers["transfer-encoding"] === undefined) return work(res);
    let bytes = 0;
    req.on("data", (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes > MAX_BODY_BYTES && !res.headersSent) refuseBody(res);
    });
    req.once("end", () => {
      if (!res.headersSent) work(res);
    });
  };
}

function refuseBody(res: Response): void {
  res.setHeader("Connection", "close"); // the rest of the body is not worth reading
  res.status(413).json({ error: `the body is larger than ${MAX_BODY_BYTES} bytes: send less` });
}
