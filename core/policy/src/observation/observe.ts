import { type FleetConfig, isHttp } from "@compose-fleet/fleet";
import type { Observation, Reading, WorkerObservation } from "./observation.ts";
import { type GroupReading, type MemberDescription, QUANTITIES, type RawMetrics } from "./raw.ts";
import { signalOf } from "./reading.ts";
import { type SeenWorkers, seenAfter, stateAsSeen } from "./seen.ts";
import { totalDemand } from "./total-demand.ts";
import { readWorker } from "./worker-reading.ts";

/** One look at the world, as it answered. */
export interface Look {
  /** Epoch ms by a clock that never jumps. */
  readonly atMs: number;
  readonly group: GroupReading;
  readonly metrics: RawMetrics;
}

/** What a look tells, and what to remember for the next one. */
export interface Observed {
  readonly observation: Observation;
  readonly seen: SeenWorkers;
}

/**
 * The observation of one look: every rule of how numbers are read is here, so that whoever plays the world gets the same policy. Begin with
 * `nobodySeen`, and give each look what the one before it returned. Never throws: what cannot be known stays unreadable, never 0.
 */
export function observe(config: FleetConfig, look: Look, before: SeenWorkers): Observed {
  const { atMs, group, metrics } = look;
  const services = Object.entries(config.services);
  const metricsReadable = QUANTITIES.some((quantity) => metrics.problems[quantity] === undefined);
  const demandOf = (workers: readonly WorkerObservation[]) =>
    Object.fromEntries(
      services.map(([name, service]) => [name, isHttp(service) ? totalDemand(name, metrics, workers) : NONE]),
    );
  const signals = { ...signalsOf(config, metrics), ...(metrics.troubles?.length && { troubles: metrics.troubles }) };
  if (!group.ok)
    return { observation: { atMs, group, metricsReadable, demand: demandOf([]), ...signals }, seen: before };
  const { members, ...numbers } = group.value;
  const workers = members.map((member) => observeWorker(config, look, before, member));
  return {
    observation: {
      atMs,
      metricsReadable,
      group: { ok: true, value: { ...numbers, workers } },
      demand: demandOf(workers),
      ...signals,
    },
    seen: seenAfter(before, workers),
  };
}

/** nginx sends a service of another kind no request: that is known, not unread. */
const NONE: Reading = { ok: true, value: 0 };

/** What the services' own signals say, where there are any. */
function signalsOf(config: FleetConfig, { signals }: RawMetrics): Pick<Observation, "signals"> {
  const asked = Object.entries(config.services).filter(([, service]) => service.signals.length > 0);
  if (asked.length === 0) return {};
  return {
    signals: Object.fromEntries(
      asked.map(([service, { signals: own }]) => [
        service,
        Object.fromEntries(own.map(({ name }) => [name, signalOf(signals?.get(service)?.get(name), name)])),
      ]),
    ),
  };
}

function observeWorker(
  config: FleetConfig,
  { atMs, metrics }: Look,
  before: SeenWorkers,
  member: MemberDescription,
): WorkerObservation {
  const { id, zone, launchedAtMs, lifecycle, reached } = member;
  const raw = metrics.workers.get(id);
  const isUpReadable = metrics.problems.up === undefined;
  const bootMs = config.scaling.workers.bootSeconds * 1000;
  const read = readWorker(id, config.services, metrics);
  return {
    id,
    zone,
    state: stateAsSeen({ ...member, up: raw?.up === 1, isUpReadable }, before, atMs, bootMs),
    launchedAtMs,
    ...(lifecycle !== undefined && { lifecycle }),
    ...(member.mayCount && { mayCount: true }),
    ...(member.isLaunching && { isLaunching: true }),
    // One that cannot be asked drains if it did when it was asked last.
    draining: raw?.draining === undefined ? before.draining.has(id) : raw.draining === 1,
    ...(member.awaitsHook && { awaitsHook: true }),
    ...(member.notice && { notice: member.notice }),
    ...(member.isUnhealthy && { isUnhealthy: true }),
    ...(reached !== undefined && { reached }),
    up: read.up,
    cpuRatio: read.cpuRatio,
    arrivalsPerSecond: read.arrivalsPerSecond,
    completionsPerSecond: read.completionsPerSecond,
    openRequests: read.openRequests,
    services: read.services,
  };
}
