/** One connection through the load balancer, as its log has it. */
export interface Session {
  readonly endedAtMs: number;
  /** Address of the worker that it went to. */
  readonly address: string;
  /** Bytes that came from the client; 0 when the worker was never reached. */
  readonly bytesReceived: number;
}

const line = /^session (?<seconds>\d+\.\d{3}) (?<address>[0-9.]+):\d+ \d{3} (?<bytes>\d+)$/;

/** The sessions in the load balancer's log; other lines are passed over. */
export function parseSessions(log: string): Session[] {
  return log.split("\n").flatMap((text) => {
    const groups = line.exec(text)?.groups;
    return groups === undefined
      ? []
      : [
          {
            endedAtMs: Math.round(Number(groups.seconds) * 1000),
            address: groups.address ?? "",
            bytesReceived: Number(groups.bytes),
          },
        ];
  });
}
