import {
  type Observation,
  type Reading,
  type SeenWorkers,
  type ServiceObservation,
  stateAsSeen,
  type WorkerObservation,
} from "@compose-fleet/policy";
import type { QueryResult } from "./metrics-reader.ts";
import type { QueryName } from "./queries.ts";
import { readingOf, type SampleTable, tableOf, unreadable } from "./readings.ts";
import type { GroupReading, MemberDescription } from "./worker-group.ts";

export interface AssembleInput {
  readonly atMs: number;
  readonly services: readonly string[];
  readonly bootMs: number;
  readonly group: GroupReading;
  readonly metrics: Readonly<Record<QueryName, QueryResult>>;
  readonly seen: SeenWorkers;
}

/** Below this rate a worker without any counted request is idle, not blind: health probes alone make about as many. */
const IDLE_ARRIVALS_PER_SECOND = 1;

/** One observation from what the group and Prometheus said. Pure: what cannot be known stays unreadable, never 0. */
export function assembleObservation(input: AssembleInput): Observation {
  const tables = {
    up: tableOf(input.metrics.up, ["worker"]),
    requests: tableOf(input.metrics.requests, ["worker", "service"]),
    seconds: tableOf(input.metrics.seconds, ["worker", "service"]),
    arrivals: tableOf(input.metrics.arrivals, ["worker"]),
    replicas: tableOf(input.metrics.replicas, ["worker", "service"]),
    cpu: tableOf(input.metrics.cpu, ["worker"]),
    draining: tableOf(input.metrics.draining, ["worker"]),
    demand: tableOf(input.metrics.demand, ["service"]),
  };
  const metricsReadable = Object.values(input.metrics).some((result) => result.ok);
  const { group } = input;
  if (!group.ok) {
    const demand = Object.fromEntries(input.services.map((service) => [service, demandOf(tables.demand, service, [])]));
    return { atMs: input.atMs, group, metricsReadable, demand };
  }
  const workers = group.value.members.map((member) => workerOf(member, input, tables));
  const { members: _, ...numbers } = group.value;
  return {
    atMs: input.atMs,
    metricsReadable,
    group: { ok: true, value: { ...numbers, workers } },
    demand: Object.fromEntries(input.services.map((service) => [service, demandOf(tables.demand, service, workers)])),
  };
}

type Tables = Readonly<Record<QueryName, SampleTable>>;

function workerOf(member: MemberDescription, input: AssembleInput, tables: Tables): WorkerObservation {
  const { id } = member;
  const single = (table: SampleTable, what: string): Reading => {
    const value = table.find(id);
    return value === undefined
      ? unreadable(table.problem ?? `${what} of ${id} is missing or too old`)
      : readingOf(value, what);
  };
  const arrivals = single(tables.arrivals, "arrivals");
  const counted = tables.requests.startingWith(id);
  const isIdle = counted.length === 0 && arrivals.ok && arrivals.value <= IDLE_ARRIVALS_PER_SECOND;
  const completions =
    counted.length > 0
      ? readingOf(
          counted.reduce((sum, value) => sum + value, 0),
          "completions",
        )
      : absentRate(tables.requests, id, isIdle);
  return {
    id,
    zone: member.zone,
    state: stateAsSeen(
      { ...member, up: tables.up.find(id) === 1, isUpReadable: tables.up.problem === undefined },
      input.seen,
      input.atMs,
      input.bootMs,
    ),
    launchedAtMs: member.launchedAtMs,
    ...(member.lifecycle !== undefined && { lifecycle: member.lifecycle }),
    ...(member.mayCount && { mayCount: true }),
    ...(member.isLaunching && { isLaunching: true }),
    up: upOf(tables.up.find(id), tables.arrivals.problem ?? tables.requests.problem),
    draining: drains(tables.draining.find(id)) ?? input.seen.draining.has(id),
    ...(member.awaitsHook && { awaitsHook: true }),
    ...(member.isUnhealthy && { isUnhealthy: true }),
    ...(member.reached !== undefined && { reached: member.reached }),
    cpuRatio: single(tables.cpu, "CPU ratio"),
    arrivalsPerSecond: arrivals,
    completionsPerSecond: completions,
    services: Object.fromEntries(
      // A service without traffic has no series yet: absent means 0 once the log reader has shown that it counts.
      input.services.map((service) => [service, serviceOf(id, service, counted.length > 0 || isIdle, tables)]),
    ),
  };
}

/**
 * 0 means that the scrape target does not answer. Without a number nobody knows: the query failed, or the target is not listed. Nor does
 * anybody know where what the worker itself has sent, which would show the contrary, could not be asked for.
 */
function upOf(value: number | undefined, contraryUnread: string | undefined): boolean | "unknown" {
  if (value === 1) return true;
  return value === 0 && contraryUnread === undefined ? false : "unknown";
}

function drains(value: number | undefined): boolean | undefined {
  return value === undefined ? undefined : value === 1;
}

function serviceOf(worker: string, service: string, counts: boolean, tables: Tables): ServiceObservation {
  const requests = tables.requests.find(worker, service);
  const seconds = tables.seconds.find(worker, service);
  const replicas = tables.replicas.find(worker, service);
  return {
    requestsPerSecond:
      requests === undefined ? absentRate(tables.requests, worker, counts) : readingOf(requests, "request rate"),
    meanSeconds:
      seconds === undefined
        ? unreadable(tables.seconds.problem ?? "no requests to time")
        : readingOf(seconds, "mean duration"),
    replicasReady:
      replicas === undefined
        ? unreadable(tables.replicas.problem ?? `replica count of ${service} on ${worker} is missing or too old`)
        : readingOf(replicas, "replica count"),
  };
}

function absentRate(table: SampleTable, worker: string, counts: boolean): Reading {
  if (table.problem !== undefined) return unreadable(table.problem);
  return counts ? { ok: true, value: 0 } : unreadable(`request rate of ${worker} is missing or too old`);
}

/** Absent demand is what the workers say themselves, once each serving one can be read; a partial sum is a lower bound, good for scaling out. */
function demandOf(table: SampleTable, service: string, workers: readonly WorkerObservation[]): Reading {
  const value = table.find(service);
  if (value === undefined && table.problem !== undefined) return unreadable(table.problem);
  const serving = workers.filter((worker) => worker.state === "in-service");
  const rates = serving.map((worker) => worker.services[service]?.requestsPerSecond);
  // The query leaves workers out that Prometheus does not see up. What they say themselves is demand all the same.
  const isPartial = serving.some(({ up }) => up !== true) || value === undefined;
  const own = isPartial ? rates.reduce((sum, rate) => sum + (rate?.ok ? rate.value : 0), 0) : 0;
  if (value !== undefined) {
    const demand = readingOf(value, "demand");
    return demand.ok ? { ok: true, value: Math.max(demand.value, own) } : demand;
  }
  const isReadable = serving.length > 0 && rates.every((rate) => rate?.ok);
  return isReadable ? { ok: true, value: own } : unreadable(`demand of ${service} is missing or too old`);
}
