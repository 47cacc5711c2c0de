import type { FleetConfig } from "@compose-fleet/fleet";
import { bootsAfter } from "../foresight/boots.ts";
import {
  type Foresight,
  type ForesightLook,
  type ForesightSettings,
  foresightAfter,
  noForesight,
} from "../foresight/foresight.ts";
import type { CapacityLook } from "../foresight/learned-capacity.ts";
import { type DemandHistory, foresightFrom } from "../foresight/rebuild.ts";
import { groupBounds } from "../group/group-bounds.ts";
import { isWithoutData } from "../group/watch.ts";
import type { ServiceDemand } from "../observation/demand.ts";
import type { GroupObservation, Reading, WorkerObservation } from "../observation/observation.ts";
import type { Memory } from "../situation/memory.ts";
import type { Situation } from "../situation/situation.ts";

/** Worker-seconds that ending a worker and launching it again costs. */
const ACTION_SECONDS = 240;
/** Worker-seconds that a second of an overloaded worker costs: a request that is lost, and one that a wait would have saved. */
const LOST = { cheap: 200, balanced: 400, safe: 1000 } as const;
const OVERLOAD = { cheap: 40, balanced: 80, safe: 200 } as const;

/** What is foreseen from. */
interface Foreseeable extends Pick<Situation, "observation" | "demands"> {
  readonly inService: readonly WorkerObservation[];
  /** How many of them drain, or are taken away by AWS. */
  readonly draining: number;
}

/**
 * What is foreseen after this look; what was before where nobody may foresee, or the group cannot be read. Nothing yet while the history is
 * awaited. Without a history it begins with nothing.
 */
export function foresightOf(
  earlier: Pick<Memory, "foresight">,
  seen: Foreseeable,
  config: FleetConfig,
  history: DemandHistory | "awaited" | undefined,
): Foresight | undefined {
  if (!config.scaling.predictive.enabled) return undefined;
  const { atMs, group } = seen.observation;
  if (!group.ok) return earlier.foresight && { ...earlier.foresight, now: undefined };
  if (earlier.foresight === undefined && history === "awaited") return undefined;
  const workers = group.value.desired;
  const settings = settingsOf(config);
  const before =
    earlier.foresight ??
    (history === undefined || history === "awaited"
      ? noForesight(atMs, workers)
      : foresightFrom(history, { atMs, workers, ...groupBounds(config, group.value) }, settings));
  return foresightAfter(before, lookOf(before, seen, group.value, config), settings);
}

function lookOf(
  before: Foresight,
  { demands, draining, inService, observation }: Foreseeable,
  group: GroupObservation,
  config: FleetConfig,
): ForesightLook {
  const { atMs } = observation;
  const { min, max } = groupBounds(config, group);
  const byService: Record<string, number | undefined> = {};
  for (const service of Object.keys(capacitiesOf(config)))
    byService[service] = demandOf(observation.demand[service], demands[service], inService.length);
  return {
    atMs,
    demands: byService,
    boots: bootsAfter(before.boots, atMs, group.workers),
    busy: busyLooks(inService, config),
    workers: group.desired - draining,
    min,
    max,
    unread: inService.filter(isWithoutData).length,
  };
}

function settingsOf(config: FleetConfig): ForesightSettings {
  const { scaling, workers } = config;
  return {
    capacities: capacitiesOf(config),
    scaleInShare: scaling.workers.scaleInShare,
    busyCpu: workers.target.cpu,
    budget: scaling.budget,
    prices: {
      action: ACTION_SECONDS,
      reversal: scaling.calmness,
      overload: OVERLOAD[scaling.prefer],
      lost: LOST[scaling.prefer],
    },
  };
}

/** What a worker sustains of each service whose capacity is written: the others have no demand that could be foreseen. */
function capacitiesOf({ services }: FleetConfig): Record<string, number> {
  return Object.fromEntries(
    Object.entries(services).flatMap(([name, { capacity, replicas }]) =>
      capacity ? [[name, capacity.requestsPerSecond * replicas.max]] : [],
    ),
  );
}

/** Requests per second that users send to a service, by the newest that its workers say; undefined where it cannot be read. */
function demandOf(
  total: Reading | undefined,
  { sum, growth, unread }: ServiceDemand = { sum: 0, growth: 0, unread: [] },
  workers: number,
): number | undefined {
  if (!total?.ok) return undefined;
  return workers === 0 || unread.length > 0 ? total.value + growth : sum;
}

/** Of the workers that are busy enough to tell what they sustain. */
function busyLooks(inService: readonly WorkerObservation[], config: FleetConfig): readonly CapacityLook[] {
  const looks: CapacityLook[] = [];
  for (const worker of inService) {
    if (!worker.cpuRatio.ok || worker.cpuRatio.value < config.workers.target.cpu) continue;
    const look = capacityLook(worker, config);
    if (look !== undefined) looks.push(look);
  }
  return looks;
}

/** A worker's CPU and load; undefined where one of them cannot be read, or where a service uses CPU by no load that is counted. */
function capacityLook({ cpuRatio, services }: WorkerObservation, config: FleetConfig): CapacityLook | undefined {
  if (!cpuRatio.ok) return undefined;
  let load = 0;
  const capacities = capacitiesOf(config);
  for (const name of Object.keys(config.services)) {
    const rate = services[name]?.requestsPerSecond;
    const capacity = capacities[name];
    if (!rate?.ok || capacity === undefined) return undefined;
    load += rate.value / capacity;
  }
  return { cpu: cpuRatio.value, load };
}
