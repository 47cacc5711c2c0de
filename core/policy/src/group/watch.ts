import { type FleetConfig, kindOf, type ServiceConfig } from "@compose-fleet/fleet";
import { demandOn, isDemandWhole } from "../observation/demand.ts";
import type { Observation, Reading, ServiceObservation, WorkerObservation } from "../observation/observation.ts";
import type { Commanded, Memory, WorkerWatch } from "../situation/memory.ts";

/** Below this rate over all services a worker is quiet: one request in the widest sensible rate window is more than none. */
const QUIET_REQUESTS_PER_SECOND = 0.05;

type Known = Pick<Memory, "drains" | "watched">;

/**
 * Whether a worker takes itself out of service. A command of ours is believed until it should have settled, since its effect is
 * observed seconds later; from then on the worker's own word counts, so a command that did not take effect is given again.
 */
function isDraining(
  worker: WorkerObservation,
  { drains }: Pick<Memory, "drains">,
  nowMs: number,
  config: FleetConfig,
): boolean {
  const commanded = drains[worker.id];
  return isBelieved(commanded, nowMs, config) ? commanded.value === 1 : worker.draining;
}

function isBelieved(commanded: Commanded | undefined, nowMs: number, config: FleetConfig): commanded is Commanded {
  return commanded !== undefined && nowMs - commanded.atMs < config.scaling.replicas.settleSeconds * 1000;
}

/** Since when each worker boots, drains, is quiet, does not answer. Starts anew when that ends, or cannot be seen. */
export function watchWorkers(known: Known, observation: Observation, config: FleetConfig): Memory["watched"] {
  if (!observation.group.ok) return {};
  const watched: Record<string, WorkerWatch> = {};
  for (const worker of observation.group.value.workers) {
    const watch = watchOf(worker, known, observation, config);
    if (watch) watched[worker.id] = watch;
  }
  return watched;
}

const UNWATCHED: WorkerWatch = {};

function watchOf(
  worker: WorkerObservation,
  known: Known,
  observation: Observation,
  config: FleetConfig,
): WorkerWatch | undefined {
  const { atMs, metricsReadable } = observation;
  const before = known.watched[worker.id] ?? UNWATCHED;
  const isKnownDown = metricsReadable && isDown(worker);
  switch (worker.state) {
    case "pending":
      return worker.isLaunching || !isKnownDown || mayBeReached(worker)
        ? undefined
        : { bootingSinceMs: before.bootingSinceMs ?? atMs };
    case "in-service": {
      const isLeaving = isDraining(worker, known, atMs, config);
      if (!isLeaving && !isKnownDown) return undefined;
      return {
        ...(isLeaving && leavingSince(worker, before, observation, config)),
        ...(isKnownDown && { downSinceMs: before.downSinceMs ?? atMs }),
      };
    }
    case "terminating":
      return worker.awaitsHook || worker.draining ? leavingSince(worker, before, observation, config) : undefined;
    case "aside":
      return undefined;
  }
}

/** Since when a worker leaves, and is quiet by its own word, and does not answer. */
function leavingSince(
  worker: WorkerObservation,
  before: WorkerWatch,
  { atMs, metricsReadable }: Observation,
  config: FleetConfig,
): WorkerWatch {
  return {
    drainingSinceMs: before.drainingSinceMs ?? atMs,
    ...(worker.draining && isQuiet(worker, config) && { quietSinceMs: before.quietSinceMs ?? atMs }),
    ...(metricsReadable && worker.up === false && { silentSinceMs: before.silentSinceMs ?? atMs }),
  };
}

/** Drain commands that are still believed, of workers that are still there. */
export function believedDrains(
  drains: Memory["drains"],
  observation: Observation,
  config: FleetConfig,
): Record<string, Commanded> {
  const believed: Record<string, Commanded> = {};
  const { atMs, group } = observation;
  for (const [worker, command] of Object.entries(drains)) {
    const isThere = group.ok && group.value.workers.some(({ id }) => id === worker);
    if (isThere && isBelieved(command, atMs, config)) believed[worker] = command;
  }
  return believed;
}

/** Whether no job is known to run there, or may: one whose number cannot be read is not known to have ended. */
export function hasEndedJobs({ runningJobs }: WorkerObservation): boolean {
  return runningJobs === undefined || (runningJobs.ok && runningJobs.value === 0);
}

/**
 * No request of a user is served, waits or is open, such as a stream, and nobody works on anything else; a worker that cannot be read is
 * not known to be quiet.
 */
function isQuiet(worker: WorkerObservation, config: FleetConfig): boolean {
  const names = Object.keys(worker.services);
  return (
    names.every((name) => isWithoutWork(worker.services[name], config.services[name])) &&
    names.length > 0 &&
    hasEndedJobs(worker) &&
    worker.openRequests.ok &&
    worker.openRequests.value === 0 &&
    names.every((name) => isDemandWhole(worker, name)) &&
    sumOf(names.map((name) => demandOn(worker, name))) < QUIET_REQUESTS_PER_SECOND
  );
}

/** Whether no replica works on what it took by itself: those of a service without a port leave when their worker drains. */
function isWithoutWork(seen: ServiceObservation | undefined, service: ServiceConfig | undefined): boolean {
  if (service === undefined || kindOf(service) !== "worker") return true;
  const { replicasLeaving: leaving, replicasReady: ready } = seen ?? {};
  return ready?.ok === true && ready.value === 0 && leaving?.ok === true && leaving.value === 0;
}

function sumOf(readings: readonly Reading[]): number {
  return readings.reduce((sum, reading) => sum + (reading.ok ? reading.value : 0), 0);
}

/**
 * What the worker itself has sent within the last rate window, on another way than the scrape that says `up`: nginx counts, or requests
 * were completed. One silent scrape target outweighs no such proof.
 */
function showsService({ arrivalsPerSecond, completionsPerSecond, services }: WorkerObservation): boolean {
  if (arrivalsPerSecond.ok) return true;
  const ofServices = sumOf(Object.values(services).map(({ requestsPerSecond }) => requestsPerSecond));
  return Math.max(ofServices, sumOf([completionsPerSecond])) >= QUIET_REQUESTS_PER_SECOND;
}

/** Whether the worker is known not to serve: its scrape target does not answer, and nothing shows the contrary. */
export function isDown(worker: WorkerObservation): boolean {
  return worker.up === false && !showsService(worker);
}

/** Whether the worker is known to serve. One of which nothing is known is neither proven nor down. */
export function isProven(worker: WorkerObservation): boolean {
  return worker.up === true || showsService(worker);
}

/** Whether the worker may carry what others leave behind: the load balancer reaches it. In doubt it does not; nobody asked is no doubt. */
export function isReached({ reached = true }: WorkerObservation): boolean {
  return reached === true;
}

/** Whom the load balancer reaches, or may reach, serves perhaps: only Prometheus does not see it. */
export function mayBeReached({ reached }: WorkerObservation): boolean {
  return reached === true || reached === "unknown";
}

/** Who is in service: all, those that serve, and those that drain. */
export function inServiceBy(
  { atMs, group }: Observation,
  known: Pick<Memory, "drains">,
  config: FleetConfig,
): {
  readonly inService: readonly WorkerObservation[];
  readonly serving: readonly WorkerObservation[];
  readonly draining: readonly WorkerObservation[];
} {
  const inService: WorkerObservation[] = [];
  const serving: WorkerObservation[] = [];
  const draining: WorkerObservation[] = [];
  for (const worker of group.ok ? group.value.workers : []) {
    if (worker.state !== "in-service") continue;
    inService.push(worker);
    (isDraining(worker, known, atMs, config) ? draining : serving).push(worker);
  }
  return { inService, serving, draining };
}

/** Whether nothing is seen of any worker that should pass: nearly always, and then nobody has to be looked for. */
export function isNobodyWatched({ watched }: Pick<Memory, "watched">): boolean {
  for (const _ in watched) return false;
  return true;
}

/** Whether the worker has been down for `unhealthySeconds` while Prometheus could be read, and the load balancer does not reach it either. */
export function isDead(
  worker: WorkerObservation,
  { watched }: Pick<Memory, "watched">,
  nowMs: number,
  config: FleetConfig,
): boolean {
  const sinceMs = watched[worker.id]?.downSinceMs;
  if (sinceMs === undefined || mayBeReached(worker)) return false;
  return nowMs - sinceMs >= config.scaling.workers.unhealthySeconds * 1000;
}

/** Whether a worker's load cannot be read. */
export function isWithoutData({ services }: WorkerObservation): boolean {
  for (const name in services) if (!services[name]?.requestsPerSecond.ok) return true;
  return false;
}
