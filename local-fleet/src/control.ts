import { createServer, request, type Server } from "node:http";
import { join } from "node:path";
import type { LocalFleetStatus } from "./status.ts";

/** Where a fleet's daemon listens. */
export function controlSocket(stateDir: string): string {
  return join(stateDir, "control.sock");
}

export interface ControlHandlers {
  readonly status: () => LocalFleetStatus;
  /** Begins to stop; the answer does not wait for the end. */
  readonly shutdown: () => void;
}

/** `GET /status` and `POST /shutdown`; everything else is 404. Not yet listening. */
export function createControlServer(handlers: ControlHandlers): Server {
  return createServer((incoming, response) => {
    incoming.resume();
    const answer = (status: number, body: object) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const route = `${incoming.method} ${incoming.url}`;
    if (route === "GET /status") answer(200, handlers.status());
    else if (route === "POST /shutdown") {
      answer(202, { state: "stopping" });
      handlers.shutdown();
    } else answer(404, { error: `no route ${route}: use GET /status or POST /shutdown` });
  });
}

/** Asks a daemon for its status; undefined when none listens there. */
export async function readStatus(socketPath: string): Promise<LocalFleetStatus | undefined> {
  const body = await call(socketPath, "GET", "/status");
  return body === undefined ? undefined : (JSON.parse(body) as LocalFleetStatus);
}

/** Tells a daemon to stop; false when none listens there. It is gone when `readStatus` finds nothing any more. */
export async function requestShutdown(socketPath: string): Promise<boolean> {
  return (await call(socketPath, "POST", "/shutdown")) !== undefined;
}

function call(socketPath: string, method: string, path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const outgoing = request({ socketPath, method, path, agent: false, timeout: 5_000 }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve(body));
      response.on("error", () => resolve(undefined));
    });
    outgoing.on("timeout", () => outgoing.destroy());
    outgoing.on("error", () => resolve(undefined));
    outgoing.end();
  });
}
