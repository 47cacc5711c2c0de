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
import { drainingWorkers, isWithoutData } from "../group/watch.ts";
import { demandOn, isDemandWhole, queueGrowthOf } from "../observation/demand.ts";
import type { GroupObservation, Observation, WorkerObservation } from "../observation/observation.ts";
import type { Memory } from "../situation/memory.ts";

/** Worker-seconds that ending a worker and launching it again costs. */
const ACTION_SECONDS = 240;
/** Worker-seconds that a second of an overloaded worker costs: a request that is lost, and one that a wait would have saved. */
const LOST = { cheap: 200, balanced: 400, safe: 1000 } as const;
const OVERLOAD = { cheap: 40, balanced: 80, safe: 200 } as const;

/**
 * What is foreseen after this look; what was before where nobody may foresee, or the group cannot be read. Nothing yet while the history is
 * awaited. Without a history it begins with nothing.
 */
export function foresightOf(
  earlier: Pick<Memory, "foresight" | "commanded" | "watched">,
  observation: Observation,
  config: FleetConfig,
  history: DemandHistory | "awaited" | undefined,
): Foresight | undefined {
  if (!config.scaling.predictive.enabled) return undefined;
  const { atMs, group } = observation;
  if (!group.ok) return earlier.foresight && { ...earlier.foresight, now: undefined };
  if (earlier.foresight === undefined && history === "awaited") return undefined;
  const workers = group.value.desired;
  const before =
    earlier.foresight ??
    (history === undefined || history === "awaited"
      ? noForesight(atMs, workers)
      : foresightFrom(history, { atMs, workers, ...groupBounds(config, group.value) }, settingsOf(config)));
  return foresightAfter(before, lookOf(earlier, before, observation, group.value, config), settingsOf(config));
}

function lookOf(
  earlier: Pick<Memory, "commanded" | "watched">,
  before: Foresight,
  observation: Observation,
  group: GroupObservation,
  config: FleetConfig,
): ForesightLook {
  const { atMs } = observation;
  const inService = group.workers.filter(({ state }) => state === "in-service");
  const draining = drainingWorkers({ config, observation, memory: earlier });
  return {
    atMs,
    demands: Object.fromEntries(
      Object.keys(config.services).map((service) => [service, demandOf(observation, inService, service)]),
    ),
    boots: bootsAfter(before.boots, atMs, group.workers),
    busy: inService.flatMap((worker) => capacityLook(worker, config) ?? []),
    workers: group.desired - draining.length,
    ...groupBounds(config, group),
    unread: inService.filter(isWithoutData).length,
  };
}

function settingsOf({ scaling, services, workers }: FleetConfig): ForesightSettings {
  return {
    capacities: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [name, capacityOfWorker(service)]),
    ),
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

function capacityOfWorker({ capacity, replicas }: FleetConfig["services"][string]): number {
  return capacity.requestsPerSecond * replicas.max;
}

/** Requests per second that users send to a service, by the newest that its workers say; undefined where it cannot be read. */
function demandOf(
  observation: Observation,
  inService: readonly WorkerObservation[],
  service: string,
): number | undefined {
  const total = observation.demand[service];
  if (!total?.ok) return undefined;
  if (inService.length === 0 || !inService.every((worker) => isDemandWhole(worker, service)))
    return total.value + queueGrowthOf(inService, service);
  return inService.reduce((sum, worker) => {
    const demand = demandOn(worker, service);
    return demand.ok ? sum + demand.value : sum;
  }, 0);
}

/** A worker's CPU and load; undefined where one of them cannot be read. */
function capacityLook({ cpuRatio, services }: WorkerObservation, config: FleetConfig): CapacityLook | undefined {
  if (!cpuRatio.ok) return undefined;
  let load = 0;
  for (const [name, service] of Object.entries(config.services)) {
    const rate = services[name]?.requestsPerSecond;
    if (!rate?.ok) return undefined;
    load += rate.value / capacityOfWorker(service);
  }
  return { cpu: cpuRatio.value, load };
}
