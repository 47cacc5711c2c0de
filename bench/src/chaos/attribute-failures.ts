import type { LoadFailure } from "@compose-fleet/load";
import type { Session } from "./balancer-sessions.ts";

/**
 * How long after it was opened a connection may reach the load balancer, behind Docker's proxy on a machine that is short of CPU.
 * Ports are given out in turn, thousands of them, so that none comes again as soon as that.
 */
const reachMs = 10_000;

/**
 * The failures that happened on workers with these addresses. A failure belongs to the connection that carried it, and the load
 * balancer's log says to which worker that went: the session of the same client port that began closest to when it was opened. An
 * answer with an error status proves that its worker lives, and what no session explains counts as failed on a healthy worker: the
 * doubt is never in our favour.
 */
export function failuresOn(
  addresses: ReadonlySet<string>,
  failures: readonly LoadFailure[],
  sessions: readonly Session[],
): readonly LoadFailure[] {
  const byPort = new Map<number, Session[]>();
  for (const session of sessions) byPort.set(session.clientPort, [...(byPort.get(session.clientPort) ?? []), session]);
  return failures.filter(({ cause, connection }) => {
    if (connection === undefined || /^\d{3}$/.test(cause)) return false;
    const away = ({ startedAtMs }: Session) => Math.abs(startedAtMs - connection.openedAtMs);
    const [nearest] = (byPort.get(connection.localPort) ?? []).sort((a, b) => away(a) - away(b));
    return nearest !== undefined && away(nearest) <= reachMs && addresses.has(nearest.address);
  });
}
