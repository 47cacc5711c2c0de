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
/** More than this between two looks is time in which nothing ran: neither this process nor, where the machine stood still, nginx. */
const MAX_STEP_MS = 2 * POLL_MS;
/** Turns of the loop in a row in which nobody was accepted, and how long to wait for them where clients never stop coming. */
const ACCEPT_TURNS = 3;
const ACCEPT_MS = 3_000;

/** Stops listening, serves what still arrives on open connections, and closes them when idle; resolves with what was cut off. */
export async function drain(deps: DrainDeps, times: DrainTimes): Promise<{ readonly unanswered: number }> {
  await acceptAll(deps);
  // http.Server.close() would also cut idle connections, on which nginx may be sending at this very moment.
  NetServer.prototype.close.call(deps.server);
  const startedMs = deps.nowMs();
  let seenMs = startedMs;
  let livedMs = 0;
  return new Promise((resolve) => {
    const poll = setInterval(() => {
      const nowMs = deps.nowMs();
      livedMs += Math.min(nowMs - seenMs, MAX_STEP_MS);
      seenMs = nowMs;
      const idle = livedMs >= times.minMs && deps.open() === 0;
      if (!idle && nowMs - startedMs < times.maxMs) return;
      clearInterval(poll);
      const unanswered = deps.open();
      deps.server.closeAllConnections();
      resolve({ unanswered });
    }, POLL_MS);
  });
}

/**
 * Closing resets connections that the kernel holds and Node has not accepted, with the requests on them: on a busy machine, dozens.
 * Each turn of the loop accepts one (libuv before 1.45: all there are), and an immediate runs right after that.
 */
async function acceptAll({ server, nowMs }: DrainDeps): Promise<void> {
  const deadlineMs = nowMs() + ACCEPT_MS;
  let accepted = 0;
  const count = (): void => {
    accepted += 1;
  };
  server.on("connection", count);
  for (let turns = 0, before = 0; turns < ACCEPT_TURNS && nowMs() < deadlineMs; before = accepted) {
    await new Promise((resolve) => setImmediate(resolve));
    turns = accepted === before ? turns + 1 : 0;
  }
  server.off("connection", count);
}
