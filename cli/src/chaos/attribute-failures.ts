import type { LoadFailure } from "../load/messages.ts";
import type { Session } from "./balancer-sessions.ts";

/** How far the end of a connection may lie from the failure that ended it. */
const toleranceMs = 1_500;

/**
 * The failures that happened on workers with these addresses. The load balancer passes whole connections on and its log says, for
 * each, to which worker, when it ended and how many bytes the client had sent. A failure without an answer ends its connection, so
 * its session is one that ended at about the same time and carried as many requests; each session explains one failure. An answer
 * with an error status proves that its worker lives, and what no session explains counts as failed on a healthy worker: the doubt
 * is never in our favour.
 */
export function failuresOn(
  addresses: ReadonlySet<string>,
  failures: readonly LoadFailure[],
  sessions: readonly Session[],
  bytesPerRequest: number,
): readonly LoadFailure[] {
  const free = new Set(sessions);
  return failures.filter((failure) => {
    if (/^\d{3}$/.test(failure.cause) || failure.cause === "client-overload") return false;
    const near = [...free]
      .filter((session) => Math.abs(session.endedAtMs - failure.failedAtMs) <= toleranceMs)
      .map((session) => ({ session, miss: missOf(session, failure, bytesPerRequest) }))
      .filter(({ miss }) => miss <= 1)
      .sort((a, b) => a.miss - b.miss || distance(a.session, failure) - distance(b.session, failure));
    const found = near[0]?.session;
    if (found === undefined) return false;
    free.delete(found);
    return addresses.has(found.address);
  });
}

/** Requests by which session and failure differ. A worker that was never reached got nothing, whatever the client had to send. */
function missOf(session: Session, failure: LoadFailure, bytesPerRequest: number): number {
  if (session.bytesReceived === 0) return failure.requestsOnConnection <= 1 ? 0 : 1;
  return Math.abs(session.bytesReceived / bytesPerRequest - failure.requestsOnConnection);
}

function distance(session: Session, failure: LoadFailure): number {
  return Math.abs(session.endedAtMs - failure.failedAtMs);
}
