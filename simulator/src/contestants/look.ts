import type { FleetConfig } from "@compose-fleet/fleet";
import { type Look, type MemberDescription, QUANTITIES, type RawMetrics, type RawWorker } from "@compose-fleet/policy";
import type { Plant } from "../plant/plant.ts";
import type { Worker } from "../plant/worker.ts";

/** Seconds; how long a request takes does not depend on the load here. */
const REQUEST_SECONDS = 0.05;

/** As fleet_worker_cpu_ratio is recorded (stack-prometheus/rules/scaling.yml). */
const CPU_SECONDS = 30;

/** Prometheus does not answer. */
const BLIND: RawMetrics = {
  workers: new Map(),
  demand: new Map(),
  problems: Object.fromEntries(QUANTITIES.map((quantity) => [quantity, "Prometheus does not answer"])),
};

/** What the group and the metrics of the plant answer: the group at once, all else as old as its metrics are. core/policy reads it. */
export function lookAt(plant: Plant, { services, scaling }: FleetConfig): Look {
  const [service = ""] = Object.keys(services);
  const { metricDelaySeconds } = plant.options;
  const window = {
    ...plant.window(scaling.metrics.rateWindowSeconds, metricDelaySeconds),
    cpuFrom: plant.window(CPU_SECONDS, metricDelaySeconds).from,
  };
  const demand = plant.meanServed(scaling.workers.demandWindowSeconds, metricDelaySeconds);
  const workers = new Map<string, RawWorker>();
  for (const worker of plant.workers) {
    const raw = rawOf(worker, plant, window, service);
    if (raw !== undefined) workers.set(worker.id, raw);
  }
  const { desired, min, max } = plant.group;
  const { failedLaunches, isBlind, lastFailedLaunchAtMs } = plant;
  return {
    atMs: plant.nowMs,
    group: {
      ok: true,
      value: {
        desired,
        min,
        max,
        failedLaunches: failedLaunches.length,
        ...(lastFailedLaunchAtMs !== undefined && {
          lastFailedLaunchAtMs,
          failedLaunchIds: failedLaunches,
          launchProblem: "There is no capacity.",
        }),
        members: plant.workers.map((worker) => memberOf(worker, plant)),
      },
    },
    metrics: isBlind
      ? BLIND
      : { workers, demand: new Map(demand === undefined ? [] : [[service, demand]]), problems: {} },
  };
}

function memberOf({ id, zone, launchedAtMs, servesFromMs, endedAtMs }: Worker, { nowMs }: Plant): MemberDescription {
  if (endedAtMs !== undefined) return { id, zone, launchedAtMs, state: "terminating" };
  // The launching hook holds it until it serves.
  return servesFromMs > nowMs
    ? { id, zone, launchedAtMs, state: "pending", isLaunching: true }
    : { id, zone, launchedAtMs, state: "in-service" };
}

/** Undefined while nothing of it has been scraped. */
function rawOf(
  worker: Worker,
  { nowMs, options }: Plant,
  { from, to, cpuFrom }: { readonly from: number; readonly to: number; readonly cpuFrom: number },
  service: string,
): RawWorker | undefined {
  if (worker.firstTick === undefined || worker.firstTick >= to || worker.endedAtMs !== undefined) return undefined;
  // It does not answer, and what it said before has left the window.
  if (nowMs - worker.hungAtMs >= options.metricDelaySeconds * 1000) return { up: 0 };
  const served = worker.served(from, to);
  const busy = worker.served(cpuFrom, to);
  const drainedForMs = nowMs - worker.drainsSinceMs;
  return {
    up: 1,
    arrivals: worker.arrivals(from, to),
    open: 1,
    cpu: busy / (options.replicaRequestsPerSecond * options.replicasPerWorker),
    draining: drainedForMs >= options.metricDelaySeconds * 1000 ? 1 : 0,
    requests: new Map([[service, served]]),
    ...(served > 0 && { seconds: new Map([[service, REQUEST_SECONDS]]) }),
    replicas: new Map([[service, worker.replicasIn(to - 1)]]),
  };
}
