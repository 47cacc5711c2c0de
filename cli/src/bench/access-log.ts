/** A request as the worker's access log has it. */
interface ServedRequest {
  readonly atMs: number;
  /** Address of the replica, inside the worker. */
  readonly upstream: string;
}

/** The successful requests of a service in a worker's access log (format `fleet` of stack-worker's nginx.conf). */
export function servedRequests(log: string, service: string): ServedRequest[] {
  return log.split("\n").flatMap((line) => {
    const [label, status, , seconds, , upstream] = line.split(" ");
    if (label !== service || status !== "200" || seconds === undefined || !/^[0-9.]+:\d+$/.test(upstream ?? ""))
      return [];
    return [{ atMs: Math.round(Number(seconds) * 1000), upstream: upstream ?? "" }];
  });
}

/** When a replica that had served nothing before `sinceMs` answered first; undefined while none has. */
export function firstNewReplica(requests: readonly ServedRequest[], sinceMs: number): number | undefined {
  const known = new Set(requests.filter(({ atMs }) => atMs < sinceMs).map(({ upstream }) => upstream));
  return requests.find(({ atMs, upstream }) => atMs >= sinceMs && !known.has(upstream))?.atMs;
}
