import { command, must, type Runner } from "@compose-fleet/process";

/** One connection through the load balancer, as its log has it. */
export interface Session {
  readonly startedAtMs: number;
  /** The client's port, by the PROXY protocol. */
  readonly clientPort: number;
  /** Address of the worker that it went to. */
  readonly address: string;
}

const line = /^session (?<ended>\d+\.\d{3}) (?<lasted>\d+\.\d{3}) (?<port>\d+) (?<address>[0-9.]+):\d+$/;

/** The sessions in the load balancer's log whose client said its port; other lines are passed over. */
export function parseSessions(log: string): Session[] {
  return log.split("\n").flatMap((text) => {
    const groups = line.exec(text)?.groups;
    return groups === undefined
      ? []
      : [
          {
            startedAtMs: Math.round((Number(groups.ended) - Number(groups.lasted)) * 1000),
            clientPort: Number(groups.port),
            address: groups.address ?? "",
          },
        ];
  });
}

/** The sessions that the load balancer of a local fleet has logged since then (epoch milliseconds). Throws `CommandError`. */
export async function readSessions(runner: Runner, fleet: string, sinceMs: number): Promise<readonly Session[]> {
  const since = new Date(sinceMs).toISOString();
  const logs = command("docker", "logs", "--since", since, `compose-fleet-${fleet}-lb`);
  return parseSessions(await must(runner, { ...logs, timeoutMs: 30_000 }));
}
