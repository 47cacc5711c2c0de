import type { Server } from "node:http";
import { Server as NetServer } from "node:net";

/** How a replica leaves. */
export interface DrainTimes {
  /** Live at least this long: nginx still sends on connections it holds, until it has closed them (1 s idle). */
  readonly minMs: number;
  /** Leave at the latest after this, whatever is still open. */
  readonly maxMs: number;
}

/** What draining looks at. */
export interface DrainDeps {
  readonly server: Server;
  /** Requests not yet answered. */
  readonly open: () => number;
  readonly nowMs: () => number;
}

/** Times that lost no request in front of nginx with an upstream keep-alive of 1 s. */
export const DRAIN_TIMES: DrainTimes = { minMs: 1500, maxMs: 20_000 };

const POLL_MS = 50;
const ACCEPT_TURNS = 3;

/** Stops listening, serves what still arrives on open connections, and closes them when idle; resolves with what was cut off. */
export async function drain(deps: DrainDeps, times: DrainTimes): Promise<{ readonly unanswered: number }> {
  // Closing resets connections that the kernel holds and Node has not accepted, with the requests on them: on a busy machine,
  // dozens. Each turn of the loop accepts all there are, and an immediate runs right after that.
  for (let turn = 0; turn < ACCEPT_TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  // http.Server.close() would also cut idle connections, on which nginx may be sending at this very moment.
  NetServer.prototype.close.call(deps.server);
  const startedMs = deps.nowMs();
  return new Promise((resolve) => {
    const poll = setInterval(() => {
      const elapsedMs = deps.nowMs() - startedMs;
      const idle = elapsedMs >= times.minMs && deps.open() === 0;
      if (!idle && elapsedMs < times.maxMs) return;
      clearInterval(poll);
      const unanswered = deps.open();
      deps.server.closeAllConnections();
      resolve({ unanswered });
    }, POLL_MS);
  });
}
