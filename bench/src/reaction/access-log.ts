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

/** The replicas that served something from then on (epoch milliseconds). */
export function replicasSince(requests: readonly ServedRequest[], sinceMs: number): ReadonlySet<string> {
  return new Set(requests.filter(({ atMs }) => atMs >= sinceMs).map(({ upstream }) => upstream));
}

/** When a replica that is not among the known ones answered first, from `sinceMs` on; undefined while none has. */
export function firstNewReplica(
  requests: readonly ServedRequest[],
  known: ReadonlySet<string>,
  sinceMs: number,
): number | undefined {
  return requests.find(({ atMs, upstream }) => atMs >= sinceMs && !known.has(upstream))?.atMs;
}
