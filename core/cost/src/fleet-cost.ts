import type { FleetConfig } from "@compose-fleet/fleet";
import { burstable, instancePrice, type Priced } from "./instance-price.ts";
import { MONTH_HOURS, type RegionPrices, regionPrices } from "./prices.ts";

/** Gigabytes of the disk that each machine boots from. */
export const DISK_GIGABYTES = 20;
/** Gigabytes of logs a month: of the fleet itself, and of each worker. A small fleet's. */
const LOG_GIGABYTES = { fleet: 3, worker: 1 };

/** What a fleet of one size costs an hour, US dollars. */
export interface FleetCost {
  readonly workers: number;
  readonly onDemandWorkers: number;
  readonly spotWorkers: number;
  readonly lines: readonly CostLine[];
  readonly usdPerHour: number;
  /** Of these, what the workers themselves cost. */
  readonly workersUsdPerHour: number;
}

export interface CostLine {
  readonly what: string;
  readonly usdPerHour: number;
}

/** How a number of workers is divided, as the group does it. */
export function spotSplit({ spot }: FleetConfig["workers"], workers: number): { onDemand: number; spot: number } {
  const above = Math.max(0, workers - spot.onDemandBase);
  const onSpot = Math.floor(above * spot.spotShareAboveBase + 1e-9);
  return { onDemand: workers - onSpot, spot: onSpot };
}

/** The cost of a number of workers and of what stands beside them, by the first of the types that may be launched. */
export function fleetCost(config: FleetConfig, workers: number): Priced<FleetCost> {
  const [type = ""] = config.workers.instanceTypes;
  const worker = instancePrice(config, type);
  const monitoring = instancePrice(config, config.monitoring.instanceType);
  const region = regionOf(config);
  if (!worker.ok) return worker;
  if (!monitoring.ok) return monitoring;
  if (!region.ok) return region;
  const split = spotSplit(config.workers, workers);
  const { value: prices } = region;
  const ofWorkers = [
    { what: `${split.onDemand} × ${type} on demand`, usdPerHour: split.onDemand * worker.value.onDemand },
    { what: `${split.spot} × ${type} Spot`, usdPerHour: split.spot * worker.value.spot },
  ].filter(({ usdPerHour }) => usdPerHour > 0);
  const lines = [
    ...ofWorkers,
    { what: `monitoring, ${config.monitoring.instanceType}`, usdPerHour: monitoring.value.onDemand },
    ...besideInstances(config, prices, workers),
  ];
  return {
    ok: true,
    value: {
      workers,
      onDemandWorkers: split.onDemand,
      spotWorkers: split.spot,
      lines,
      usdPerHour: sum(lines),
      workersUsdPerHour: sum(ofWorkers),
    },
  };
}

function besideInstances(config: FleetConfig, prices: RegionPrices, workers: number): readonly CostLine[] {
  const gigabytes = DISK_GIGABYTES * (workers + 1) + config.monitoring.dataGigabytes;
  const addresses = config.network.zones.length + workers + 1;
  const logs = LOG_GIGABYTES.fleet + LOG_GIGABYTES.worker * workers;
  return [
    { what: "load balancer and its first capacity unit", usdPerHour: prices.balancerHour + prices.balancerUnitHour },
    { what: `${addresses} public addresses`, usdPerHour: addresses * prices.addressHour },
    { what: `${gigabytes} GB of disks`, usdPerHour: (gigabytes * prices.diskGigabyteMonth) / MONTH_HOURS },
    { what: `some ${logs} GB of logs a month`, usdPerHour: (logs * prices.logGigabyte) / MONTH_HOURS },
    { what: "key, zone, alarms and metrics", usdPerHour: prices.smallThingsMonth / MONTH_HOURS },
  ];
}

/** The same workers as nodes of an EKS cluster, which needs no monitoring machine of ours, and no fewer than two of them. */
export function eksCost(config: FleetConfig, workers: number): Priced<number> {
  const nodes = Math.max(2, workers);
  const cost = fleetCost(config, nodes);
  const region = regionOf(config);
  const monitoring = instancePrice(config, config.monitoring.instanceType);
  if (!cost.ok) return cost;
  if (!region.ok) return region;
  if (!monitoring.ok) return monitoring;
  const ofMonitoring =
    monitoring.value.onDemand +
    region.value.addressHour +
    ((DISK_GIGABYTES + config.monitoring.dataGigabytes) * region.value.diskGigabyteMonth) / MONTH_HOURS;
  return { ok: true, value: cost.value.usdPerHour - ofMonitoring + region.value.eksHour };
}

/**
 * What processors above what burstable workers earn cost more an hour, at a CPU share of 0 to 1 that lasts (T3 unlimited); 0 for other
 * types.
 */
export function surplusCost(config: FleetConfig, workers: number, cpu: number): number {
  const type = burstable(config.workers.instanceTypes[0] ?? "");
  const region = regionOf(config);
  if (type === undefined || !region.ok) return 0;
  return workers * type.processors * Math.max(0, cpu - type.earned) * region.value.surplusCpuHour;
}

/** Where and when the prices are from. */
export function priceOrigin(config: FleetConfig): string {
  const region = regionOf(config);
  return region.ok ? `${region.value.source}, ${region.value.asOf}` : region.problem;
}

function regionOf({ region }: FleetConfig): Priced<RegionPrices> {
  const value = Object.hasOwn(regionPrices, region) ? regionPrices[region] : undefined;
  return value
    ? { ok: true, value }
    : {
        ok: false,
        problem: `prices of ${region} are not known here, only those of ${Object.keys(regionPrices).join(", ")}`,
      };
}

function sum(lines: readonly CostLine[]): number {
  return lines.reduce((total, { usdPerHour }) => total + usdPerHour, 0);
}
