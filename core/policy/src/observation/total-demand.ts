import type { Reading, WorkerObservation } from "./observation.ts";
import type { RawMetrics } from "./raw.ts";
import { readingOf, unreadable } from "./reading.ts";

/**
 * Requests per second of a service over all workers. The metrics leave workers out that they do not see up; what these say themselves is
 * demand all the same, as a lower bound: good for scaling out. Absent demand is what the workers say, once each serving one can be read.
 */
export function totalDemand(service: string, metrics: RawMetrics, workers: readonly WorkerObservation[]): Reading {
  const value = metrics.demand.get(service);
  if (value === undefined && metrics.problems.demand !== undefined) return unreadable(metrics.problems.demand);
  const serving = workers.filter((worker) => worker.state === "in-service");
  const rates = serving.map((worker) => worker.services[service]?.requestsPerSecond);
  const isPartial = serving.some(({ up }) => up !== true) || value === undefined;
  const own = isPartial ? rates.reduce((sum, rate) => sum + (rate?.ok ? rate.value : 0), 0) : 0;
  if (value !== undefined) {
    const demand = readingOf(value, "demand");
    return demand.ok ? { ok: true, value: Math.max(demand.value, own) } : demand;
  }
  const isReadable = serving.length > 0 && rates.every((rate) => rate?.ok);
  return isReadable ? { ok: true, value: own } : unreadable(`demand of ${service} is missing or too old`);
}
