import type { Reading, WorkerObservation } from "./observation.ts";

/** Excess below this many requests per second is sampling noise between two scrape targets, not a queue. */
const NOISE_REQUESTS_PER_SECOND = 2;

/** Excess below this share of the completed rate is noise too: two scrapes of a ramp do not see the same instant. */
const NOISE_SHARE = 0.1;

const NOT_OBSERVED: Reading = { ok: false, problem: "not observed" };

/**
 * Requests per second that users send to `service` on `worker`.
 *
 * The access log knows a request when it completes, so an overloaded service seems to have exactly the load that it can carry.
 * nginx counts arrivals: what arrives and does not complete is a queue that grows. That growth belongs to services by their
 * share of requests in flight, which by Little's law is completed rate × mean duration.
 *
 * Where arrivals cannot be read this is a lower bound, good for scaling out: `isDemandWhole` tells.
 */
export function demandOn(worker: WorkerObservation, service: string): Reading {
  const completed = worker.services[service]?.requestsPerSecond ?? NOT_OBSERVED;
  if (!completed.ok) return completed;
  const growth = queueGrowth(worker);
  return growth === 0 ? completed : { ok: true, value: completed.value + growth * shareInFlight(worker, service) };
}

/** Whether all that makes up the demand can be read. If not, it may be larger than `demandOn` says. */
export function isDemandWhole(worker: WorkerObservation, service: string): boolean {
  const completed = worker.services[service]?.requestsPerSecond;
  return completed?.ok === true && worker.arrivalsPerSecond.ok && worker.completionsPerSecond.ok;
}

/** Arrivals minus completions in requests per second, zero when unreadable, negative, or within noise. */
function queueGrowth(worker: WorkerObservation): number {
  const { arrivalsPerSecond: arrivals, completionsPerSecond: completions } = worker;
  if (!arrivals.ok || !completions.ok) return 0;
  const growth = arrivals.value - completions.value;
  return growth > Math.max(NOISE_REQUESTS_PER_SECOND, NOISE_SHARE * completions.value) ? growth : 0;
}

function shareInFlight(worker: WorkerObservation, service: string): number {
  const names = Object.keys(worker.services);
  // A service that completes requests of an unknown duration has some in flight: then the rates have to do.
  const isTimed = names.every((name) => {
    const { requestsPerSecond, meanSeconds } = worker.services[name] ?? {};
    return !requestsPerSecond?.ok || requestsPerSecond.value === 0 || meanSeconds?.ok;
  });
  const inFlight = (name: string) => {
    const { requestsPerSecond, meanSeconds } = worker.services[name] ?? {};
    if (!requestsPerSecond?.ok) return 0;
    return requestsPerSecond.value * (isTimed && meanSeconds?.ok ? meanSeconds.value : 1);
  };
  const total = names.reduce((sum, name) => sum + inFlight(name), 0);
  return total > 0 ? inFlight(service) / total : 1 / names.length;
}

/** What the workers in service say of one service's demand. */
export interface ServiceDemand {
  /** Requests per second, of those that can be read. */
  readonly sum: number;
  /** Of these, what queues grow by. */
  readonly growth: number;
  /** Workers of which not all that makes up the demand can be read. */
  readonly unread: readonly WorkerObservation[];
}

/** By service, of workers in service, those that drain included: requests that these still serve come to the others soon. */
export function demandsOf(
  inService: readonly WorkerObservation[],
  services: readonly string[],
): Readonly<Record<string, ServiceDemand>> {
  const totals = services.map((service) => ({ service, sum: 0, growth: 0, unread: [] as WorkerObservation[] }));
  // Each worker once: its readings lie together in memory, those of a service on all workers do not.
  for (const worker of inService) {
    const growth = queueGrowth(worker);
    for (const total of totals) {
      const { service } = total;
      if (!isDemandWhole(worker, service)) total.unread.push(worker);
      const completed = worker.services[service]?.requestsPerSecond;
      if (!completed?.ok) continue;
      const demand = growth === 0 ? completed.value : completed.value + growth * shareInFlight(worker, service);
      total.sum += demand;
      total.growth = total.growth + demand - completed.value;
    }
  }
  return Object.fromEntries(totals.map(({ service, sum, growth, unread }) => [service, { sum, growth, unread }]));
}
