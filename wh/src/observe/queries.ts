import { type FleetConfig, prometheusDuration } from "@compose-fleet/fleet";
import type { Quantity } from "@compose-fleet/policy";

/** By service, the peak of each minute: what the demand of 30 s was every 15 s. Counters that began anew are `rate`'s business. */
export const DEMAND_HISTORY_QUERY = "max_over_time(sum by (service) (rate(fleet_http_requests_total[30s]))[1m:15s])";

/**
 * The PromQL of one observation. Freshness is in the ranges: a rate needs two samples inside its window, a gauge one
 * sample not older than `maxAgeSeconds`, so what is older is absent. `up` is scraped directly and needs no range.
 * The demand counts workers that are up only: what a killed one has sent would be in its window for half a minute more.
 */
export function observationQueries(config: FleetConfig): Readonly<Record<Quantity, string>> {
  const { rateWindowSeconds, maxAgeSeconds } = config.scaling.metrics;
  const rate = `${prometheusDuration(rateWindowSeconds)}`;
  const age = prometheusDuration(maxAgeSeconds);
  const demand = prometheusDuration(config.scaling.workers.demandWindowSeconds);
  const seconds = (part: string) =>
    `sum by (worker, service) (rate(fleet_http_request_duration_seconds_${part}[${rate}]))`;
  // CPU is read every 10 s. A replica younger than a minute says nothing: programs are busy while they start.
  const ofReplicas = `rate(container_cpu_usage_seconds_total[30s]) / on (worker, container) group_left () max by (worker, container) (last_over_time(container_spec_cpu_limit_cores[${age}])) and on (worker, container) (container_cpu_usage_seconds_total offset 1m)`;
  return {
    up: `max by (worker) (up{job="worker"})`,
    requests: `sum by (worker, service) (rate(fleet_http_requests_total[${rate}]))`,
    seconds: `${seconds("sum")} / ${seconds("count")}`,
    arrivals: `sum by (worker) (rate(nginx_http_requests_total[${rate}]))`,
    // The fewest: what asks for metrics at the same moment is open at one look and not at the next, a stream at all of them.
    open: `max by (worker) (min_over_time(nginx_connections_writing[${prometheusDuration(quietLook(config))}]))`,
    replicas: `max by (worker, service) (last_over_time(fleet_replicas_ready[${age}]))`,
    cpu: `max by (worker) (last_over_time(fleet_worker_cpu_ratio[${age}]))`,
    leaving: `max by (worker, service) (last_over_time(fleet_replicas_leaving[${age}]))`,
    replicaCpu: `sum by (worker, service) (${ofReplicas})`,
    replicasTimed: `count by (worker, service) (${ofReplicas})`,
    draining: `max by (worker) (last_over_time(fleet_worker_draining[${age}]))`,
    jobs: `max by (worker) (last_over_time(fleet_jobs_running[${age}]))`,
    demand: `sum by (service) (rate(fleet_http_requests_total[${demand}]) and on (worker) (up{job="worker"} == 1))`,
  };
}

/** No longer than a worker has to be quiet, so that a stream counts before it could be cut; two samples at least. Seconds. */
function quietLook({ scaling: { drain, metrics } }: FleetConfig): number {
  return Math.min(metrics.maxAgeSeconds, Math.max(drain.quietSeconds, 3 * metrics.scrapeSeconds));
}

/** What workers tell of their services. Twice as old as anything else may be: it is no number to decide by. */
export function troubleQuery({ scaling }: Pick<FleetConfig, "scaling">): string {
  const age = prometheusDuration(2 * scaling.metrics.maxAgeSeconds);
  return `max by (worker, service, kind, text) (last_over_time(fleet_replica_trouble[${age}]))`;
}

/** The queries of the services' own signals. */
export function signalQueries({ services }: Pick<FleetConfig, "services">): readonly SignalQuery[] {
  return Object.entries(services).flatMap(([service, { signals }]) =>
    signals.map(({ name, query }) => ({ service, name, query })),
  );
}

/** One of them. */
export interface SignalQuery {
  readonly service: string;
  readonly name: string;
  readonly query: string;
}
