import type { FleetConfig } from "@compose-fleet/fleet";
import { regionPrices, USUAL_SPOT_SHARE } from "./prices.ts";

/** What an hour of an instance costs, US dollars. */
export interface InstancePrice {
  readonly onDemand: number;
  readonly spot: number;
}

export type Priced<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** What of a fleet file prices depend on. */
export type PricedFleet = Pick<FleetConfig, "region" | "budget">;

/** The price of a type: the fleet file's own, else the region's list price. */
export function instancePrice({ region, budget }: PricedFleet, type: string): Priced<InstancePrice> {
  const own = Object.hasOwn(budget.prices, type) ? budget.prices[type] : undefined;
  const listed = listPrice(region, type);
  const onDemand = own?.onDemand ?? listed;
  if (onDemand === undefined)
    return {
      ok: false,
      problem: `the price of a ${type} in ${region} is not known here: write budget.prices: {${type}: {onDemand: DOLLARS_AN_HOUR}} into the fleet file, as https://aws.amazon.com/ec2/pricing/on-demand/ has it`,
    };
  return { ok: true, value: { onDemand, spot: own?.spot ?? onDemand * USUAL_SPOT_SHARE } };
}

/** The list price of an hour on demand; undefined where none is written down. */
export function listPrice(region: string, type: string): number | undefined {
  const prices = Object.hasOwn(regionPrices, region) ? regionPrices[region]?.instances : undefined;
  return prices && Object.hasOwn(prices, type) ? prices[type] : undefined;
}

/** Processors of a burstable type, and the share of each that it earns; undefined for other types. */
export function burstable(type: string): { readonly processors: number; readonly earned: number } | undefined {
  const [family = "", size = ""] = type.split(".");
  if (!["t3", "t3a", "t4g"].includes(family)) return undefined;
  const earned = { nano: 0.05, micro: 0.1, small: 0.2, medium: 0.2, large: 0.3, xlarge: 0.4, "2xlarge": 0.4 }[size];
  const processors = { xlarge: 4, "2xlarge": 8 }[size] ?? 2;
  return earned === undefined ? undefined : { processors, earned };
}
