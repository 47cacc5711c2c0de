import { request } from "node:http";
import { join } from "node:path";
import type { LocalFleetStatus } from "./status.ts";

/** Where a fleet's daemon listens. */
export function controlSocket(stateDir: string): string {
  return join(stateDir, "control.sock");
}

/** Asks a daemon for its status; undefined when none listens there. */
export async function readStatus(socketPath: string): Promise<LocalFleetStatus | undefined> {
  const answer = await callControl(socketPath, "GET", "/status");
  return answer === undefined ? undefined : (JSON.parse(answer.body) as LocalFleetStatus);
}

/** Tells a daemon to stop; false when none listens there. It is gone when `readStatus` finds nothing any more. */
export async function requestShutdown(socketPath: string): Promise<boolean> {
  return (await callControl(socketPath, "POST", "/shutdown")) !== undefined;
}

/** One request to a daemon; undefined when none listens there. */
export function callControl(
  socketPath: string,
  method: string,
  path: string,
  input?: unknown,
): Promise<{ readonly status: number; readonly body: string } | undefined> {
  return new Promise((resolve) => {
    // Faults take as long as Docker does; a status comes at once.
    const timeout = path.startsWith("/faults") ? 60_000 : 5_000;
    const outgoing = request({ socketPath, method, path, agent: false, timeout }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      response.on("error", () => resolve(undefined));
    });
    outgoing.on("timeout", () => outgoing.destroy());
    outgoing.on("error", () => resolve(undefined));
    outgoing.end(input === undefined ? undefined : JSON.stringify(input));
  });
}
