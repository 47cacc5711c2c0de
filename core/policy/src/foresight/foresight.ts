import { type Forecast, forecastAfter, noForecast, type Outlook } from "../forecast/forecast.ts";
import { type Excess, excessAfter } from "../wait/excess.ts";
import { noWaits, type Waits, waitsAfter } from "../wait/learned-wait.ts";
import type { Prices } from "../wait/wait-costs.ts";
import { aheadSeconds, type Boots, noBoots } from "./boots.ts";
import {
  type CapacityLook,
  capacityAfter,
  correctionOf,
  type LearnedCapacity,
  unlearnedCapacity,
} from "./learned-capacity.ts";
import { type Asking, type Daring, type Plan, planFor } from "./plan.ts";

/** What the policy has learned of its fleet. A plain value of bounded size; it may be lost at any time. */
export interface Foresight {
  readonly atMs: number;
  readonly services: Readonly<Record<string, Forecast>>;
  readonly boots: Boots;
  readonly capacity: LearnedCapacity;
  readonly waits: Waits;
  readonly excess: Excess;
  /** Of this look; undefined where the demand could not be read. */
  readonly now: Foreseen | undefined;
}

/** What is foreseen at one look. */
interface Foreseen {
  readonly plan: Plan;
  /** Until a worker that is launched now serves. */
  readonly aheadSeconds: number;
  /** Whether what is needed beyond what is there has been needed for long enough. */
  readonly isExcessEnough: boolean;
  /** By service: how much more than now each worker will have to serve when a replica that is started now does. */
  readonly leads: Readonly<Record<string, number>>;
}

/** Base of the ladder. */
const BASE: Daring = { fill: 0.92, fillNow: 0.95, deviations: 0.5 };
const REPLICA_DEVIATIONS = 0.25;
const MOST_LEAD = 4;

export function noForesight(atMs: number): Foresight {
  return {
    atMs,
    services: {},
    boots: noBoots,
    capacity: unlearnedCapacity,
    waits: noWaits(atMs),
    excess: 0,
    now: undefined,
  };
}

/** What one look tells. */
export interface ForesightLook {
  readonly atMs: number;
  /** By service, requests per second that users send; undefined where it cannot be read. */
  readonly demands: Readonly<Record<string, number | undefined>>;
  readonly boots: Boots;
  readonly busy: readonly CapacityLook[];
  /** Workers that there are, those that boot included, and the most there may be. */
  readonly workers: number;
  readonly max: number;
  /** Workers whose load cannot be read: each may be as busy as can be. */
  readonly unread: number;
}

export interface ForesightSettings {
  /** By service, requests per second that one worker sustains, as it is written. */
  readonly capacities: Readonly<Record<string, number>>;
  /** Scale in only where what remains is filled below this share of what it may be. */
  readonly scaleInShare: number;
  /** CPU, 0 to 1, from which on a worker is busy enough to tell what it sustains. */
  readonly busyCpu: number;
  readonly prices: Prices;
}

/** One look on. */
export function foresightAfter(before: Foresight, look: ForesightLook, settings: ForesightSettings): Foresight {
  const { atMs, boots, max, workers } = look;
  const ahead = aheadSeconds(boots);
  const services: Record<string, Forecast> = {};
  const askings: Asking[] = [];
  let filled = 0;
  let isReadable = true;
  for (const service of Object.keys(settings.capacities)) {
    const capacity = settings.capacities[service] ?? Number.POSITIVE_INFINITY;
    const known = before.services[service] ?? noForecast;
    const value = look.demands[service];
    if (value === undefined) {
      isReadable = false;
      services[service] = known;
      continue;
    }
    const forecast = forecastAfter(known, { atMs, value }, { capacity, ahead });
    services[service] = forecast;
    askings.push({ service, outlook: forecast.outlook, capacity });
    filled = Math.max(filled, forecast.outlook.latest / capacity);
  }
  const capacity = capacityAfter(before.capacity, look.busy, settings.busyCpu);
  const plan = isReadable ? planFor(askings, BASE, correctionOf(capacity)) : undefined;
  const keep = plan && plan.keep / settings.scaleInShare + look.unread;
  const { excess, isEnough } = excessAfter(before.excess, {
    needed: Math.min(plan?.needed ?? 0, max),
    workers,
    sinceLastSeconds: Math.max(0, atMs - before.atMs) / 1000,
  });
  return {
    atMs,
    services,
    boots,
    capacity,
    waits: waitsAfter(before.waits, { atMs, keep, filled, max }, settings.prices),
    excess,
    now: plan && {
      plan,
      aheadSeconds: ahead,
      isExcessEnough: isEnough,
      leads: Object.fromEntries(askings.map(({ service, outlook }) => [service, leadOf(outlook)])),
    },
  };
}

/** How much more than now a worker will have to serve when a replica that is started now does. */
function leadOf({ burst, latest, now, sigma, trendSoon }: Outlook): number {
  if (latest <= 0) return 1;
  const soon = Math.max(now, trendSoon + REPLICA_DEVIATIONS * sigma, burst === undefined ? 0 : latest + burst.change);
  return Math.min(MOST_LEAD, Math.max(1, soon / latest));
}
