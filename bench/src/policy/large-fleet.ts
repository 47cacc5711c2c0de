import { type FleetConfig, parseFleetConfig } from "@compose-fleet/fleet";
import type { Observation, Reading, WorkerObservation } from "@compose-fleet/policy";

const CAPACITY = 100;
const REPLICAS = 4;
/** What a replica serves of its capacity, on the whole. */
const BUSY = 0.45;
const ZONES = ["a", "b", "c"];

/** A fleet of so many services, each with four replicas on each worker. `foresees` turns `scaling.predictive` on. */
export function largeFleet(workers: number, services: number, foresees: boolean): FleetConfig {
  const result = parseFleetConfig({
    name: "large",
    workers: { min: 1, max: 2 },
    services: Object.fromEntries(
      serviceNames(services).map((name, index) => [
        name,
        {
          path: `/${name}/`,
          port: 3000 + index,
          memory: "64m",
          capacity: { requestsPerSecond: CAPACITY },
          replicas: { min: 1, max: REPLICAS },
        },
      ]),
    ),
    scaling: { predictive: { enabled: foresees } },
  });
  if (!result.ok) throw new Error(result.faults.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  // The file's own limit is what is proved; here is measured what lies beyond it.
  return { ...result.config, workers: { ...result.config.workers, max: 2 * workers } };
}

/** What a look at it tells: every worker serves, and the load comes and goes. */
export function lookAtLargeFleet(atMs: number, workers: number, services: number): Observation {
  const names = serviceNames(services);
  const wave = 1 + 0.3 * Math.sin(atMs / 1_800_000) + 0.02 * Math.sin(atMs / 7_000);
  const all = Array.from({ length: workers }, (_, index) => workerOf(index, names, wave));
  const perService = all.length * REPLICAS * CAPACITY * BUSY * wave;
  return {
    atMs,
    metricsReadable: true,
    group: { ok: true, value: { desired: workers, min: 1, max: 2 * workers, workers: all, failedLaunches: 0 } },
    demand: Object.fromEntries(names.map((name) => [name, ok(perService)])),
  };
}

function workerOf(index: number, names: readonly string[], wave: number): WorkerObservation {
  const each = REPLICAS * CAPACITY * BUSY * wave * (0.9 + 0.2 * ((index * 7919) % 1000) * 0.001);
  return {
    id: `i-${String(index).padStart(8, "0")}`,
    zone: ZONES[index % ZONES.length] ?? "a",
    state: "in-service",
    launchedAtMs: index,
    up: true,
    draining: false,
    cpuRatio: ok(0.5),
    arrivalsPerSecond: ok(each * names.length),
    completionsPerSecond: ok(each * names.length),
    openRequests: ok(0),
    services: Object.fromEntries(
      names.map((name) => [name, { requestsPerSecond: ok(each), meanSeconds: ok(0.05), replicasReady: ok(REPLICAS) }]),
    ),
  };
}

function serviceNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `service-${index + 1}`);
}

function ok(value: number): Reading {
  return { ok: true, value };
}
