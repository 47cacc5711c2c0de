import { type FleetConfig, isHttp } from "@compose-fleet/fleet";
import type { Reading, ServiceObservation, WorkerObservation } from "./observation.ts";
import type { RawMetrics, RawWorker } from "./raw.ts";
import { readingOf, unreadable } from "./reading.ts";

/** Below this rate a worker without any counted request is idle, not blind: health probes alone make about as many. */
const IDLE_ARRIVALS_PER_SECOND = 1;

/** nginx counts the request by which its exporter asks. */
const OWN_REQUESTS = 1;

/** What its metrics tell of one worker. */
export type MetricsOfWorker = Pick<
  WorkerObservation,
  "up" | "cpuRatio" | "arrivalsPerSecond" | "completionsPerSecond" | "openRequests" | "runningJobs" | "services"
>;

/** The numbers of one worker. What cannot be known stays unreadable, never 0. */
export function readWorker(id: string, services: FleetConfig["services"], metrics: RawMetrics): MetricsOfWorker {
  const { problems } = metrics;
  const raw = metrics.workers.get(id) ?? {};
  const single = (value: number | undefined, problem: string | undefined, what: string): Reading =>
    value === undefined ? unreadable(problem ?? `${what} of ${id} is missing or too old`) : readingOf(value, what);
  const arrivals = single(raw.arrivals, problems.arrivals, "arrivals");
  const open = single(raw.open, problems.open, "number of open requests");
  const counted = [...(raw.requests?.values() ?? [])];
  const isIdle = counted.length === 0 && arrivals.ok && arrivals.value <= IDLE_ARRIVALS_PER_SECOND;
  // A service without traffic has no series yet: absent means 0 once the log reader has shown that it counts.
  const absentRate = (isZero: boolean): Reading => {
    if (problems.requests !== undefined) return unreadable(problems.requests);
    return isZero ? { ok: true, value: 0 } : unreadable(`request rate of ${id} is missing or too old`);
  };
  const all = counted.reduce((sum, value) => sum + value, 0);
  return {
    up: isUp(raw.up, problems.arrivals ?? problems.requests),
    cpuRatio: single(raw.cpu, problems.cpu, "CPU ratio"),
    arrivalsPerSecond: arrivals,
    completionsPerSecond: counted.length > 0 ? readingOf(all, "completions") : absentRate(isIdle),
    openRequests: open.ok ? { ok: true, value: Math.max(0, open.value - OWN_REQUESTS) } : open,
    ...(raw.jobs === undefined ? {} : { runningJobs: readingOf(raw.jobs, "number of jobs") }),
    services: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [
        name,
        readService({
          id,
          service: name,
          raw,
          problems,
          absentRate: isHttp(service) ? absentRate(counted.length > 0 || isIdle) : { ok: true, value: 0 },
        }),
      ]),
    ),
  };
}

/**
 * 0 means that the scrape target does not answer. Without a number nobody knows: the query failed, or the target is not listed. Nor does
 * anybody know where what the worker itself has sent, which would show the contrary, could not be asked for.
 */
function isUp(value: number | undefined, contraryUnread: string | undefined): boolean | "unknown" {
  if (value === 1) return true;
  return value === 0 && contraryUnread === undefined ? false : "unknown";
}

function readService({
  id,
  service,
  raw,
  problems,
  absentRate,
}: {
  readonly id: string;
  readonly service: string;
  readonly raw: RawWorker;
  readonly problems: RawMetrics["problems"];
  readonly absentRate: Reading;
}): ServiceObservation {
  const requests = raw.requests?.get(service);
  const seconds = raw.seconds?.get(service);
  const replicas = raw.replicas?.get(service);
  const ofReplicas = (quantity: "leaving" | "replicaCpu" | "replicasTimed", what: string): Reading => {
    const value = raw[quantity]?.get(service);
    if (value !== undefined) return readingOf(value, what);
    return unreadable(problems[quantity] ?? `${what} of ${service} on ${id} is missing or too old`);
  };
  return {
    requestsPerSecond: requests === undefined ? absentRate : readingOf(requests, "request rate"),
    meanSeconds:
      seconds === undefined
        ? unreadable(problems.seconds ?? "no requests to time")
        : readingOf(seconds, "mean duration"),
    replicasReady:
      replicas === undefined
        ? unreadable(problems.replicas ?? `replica count of ${service} on ${id} is missing or too old`)
        : readingOf(replicas, "replica count"),
    replicasLeaving: ofReplicas("leaving", "the number of leaving replicas"),
    busyReplicas: ofReplicas("replicaCpu", "the CPU of the replicas"),
    timedReplicas: ofReplicas("replicasTimed", "the CPU of the replicas"),
  };
}
