import type { FleetConfig } from "./fleet-config/schema.ts";
import type { Commanded, Memory, WorkerWatch } from "./memory.ts";
import type { Observation, WorkerObservation } from "./observation.ts";

/** Below this rate over all services a worker is quiet: one request in the widest sensible rate window is more than none. */
const QUIET_REQUESTS_PER_SECOND = 0.05;

type Known = Pick<Memory, "commanded" | "watched">;

/** The key of a drain in `Memory.commanded`; 1 = started, 0 = cancelled. */
export function drainKey(worker: string): string {
  return `drain/${worker}`;
}

/**
 * Whether a worker takes itself out of service. A command of ours is believed until it should have settled, since its effect is
 * observed seconds later; from then on the worker's own word counts, so a command that did not take effect is given again.
 */
export function isDraining(worker: WorkerObservation, known: Known, nowMs: number, config: FleetConfig): boolean {
  const commanded = known.commanded[drainKey(worker.id)];
  return isBelieved(commanded, nowMs, config) ? commanded.value === 1 : worker.draining;
}

function isBelieved(commanded: Commanded | undefined, nowMs: number, config: FleetConfig): commanded is Commanded {
  return commanded !== undefined && nowMs - commanded.atMs < config.scaling.replicas.settleSeconds * 1000;
}

/** Since when each worker boots, and in service drains, is quiet, does not answer. Starts anew when that ends, or cannot be seen. */
export function watchWorkers(known: Known, observation: Observation, config: FleetConfig): Memory["watched"] {
  if (!observation.group.ok) return {};
  const nowMs = observation.atMs;
  const watched: Record<string, WorkerWatch> = {};
  for (const worker of observation.group.value.workers) {
    const before = known.watched[worker.id] ?? {};
    if (worker.state === "pending" && observation.metricsReadable && !worker.up)
      watched[worker.id] = { bootingSinceMs: before.bootingSinceMs ?? nowMs };
    if (worker.state !== "in-service") continue;
    const drains = isDraining(worker, known, nowMs, config);
    const isDown = observation.metricsReadable && !worker.up;
    watched[worker.id] = {
      ...(drains && { drainingSinceMs: before.drainingSinceMs ?? nowMs }),
      ...(drains && worker.draining && isQuiet(worker) && { quietSinceMs: before.quietSinceMs ?? nowMs }),
      ...(isDown && { downSinceMs: before.downSinceMs ?? nowMs }),
    };
  }
  return watched;
}

/** Drain commands that are still believed, of workers that are still there. */
export function believedDrains(
  commanded: Memory["commanded"],
  observation: Observation,
  config: FleetConfig,
): Record<string, Commanded> {
  const believed: Record<string, Commanded> = {};
  for (const { id } of observation.group.ok ? observation.group.value.workers : []) {
    const command = commanded[drainKey(id)];
    if (isBelieved(command, observation.atMs, config)) believed[drainKey(id)] = command;
  }
  return believed;
}

/** No request of a user is served; a worker that cannot be read is not known to be quiet. */
function isQuiet(worker: WorkerObservation): boolean {
  const rates = Object.values(worker.services).map(({ requestsPerSecond }) => requestsPerSecond);
  return (
    rates.length > 0 &&
    rates.every((rate) => rate.ok) &&
    rates.reduce((sum, rate) => sum + (rate.ok ? rate.value : 0), 0) < QUIET_REQUESTS_PER_SECOND
  );
}

/** Workers in service that are capacity: they do not drain. */
export function servingWorkers(
  { config, observation, memory }: { config: FleetConfig; observation: Observation; memory: Known },
  draining = false,
): readonly WorkerObservation[] {
  if (!observation.group.ok) return [];
  return observation.group.value.workers.filter(
    (worker) => worker.state === "in-service" && isDraining(worker, memory, observation.atMs, config) === draining,
  );
}

/** Whether the worker has not answered for `unhealthySeconds` while Prometheus could be read. */
export function isDead(worker: WorkerObservation, known: Known, nowMs: number, config: FleetConfig): boolean {
  const sinceMs = known.watched[worker.id]?.downSinceMs;
  return sinceMs !== undefined && nowMs - sinceMs >= config.scaling.workers.unhealthySeconds * 1000;
}

/** Whether a worker's load cannot be read. */
export function isWithoutData({ up, services }: WorkerObservation): boolean {
  return !up || Object.values(services).some(({ requestsPerSecond }) => !requestsPerSecond.ok);
}
