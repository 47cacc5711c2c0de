import { type Forecast, forecastAfter, noForecast, type Outlook } from "../forecast/forecast.ts";
import { type Asking, corrected, type Plan, planFor } from "../forecast/plan.ts";
import { type Ladder, type LadderSettings, ladderAfter, newLadder, RUNGS, rungOf } from "../ladder/ladder.ts";
import { type Excess, excessAfter } from "../wait/excess.ts";
import { aheadSeconds, type Boots, LATE_SECONDS, noBoots } from "./boots.ts";
import {
  type CapacityLook,
  capacityAfter,
  correctionOf,
  type LearnedCapacity,
  unlearnedCapacity,
} from "./learned-capacity.ts";
import type { Origin } from "./origin.ts";

/** What the policy has learned of its fleet. A plain value of bounded size; it may be lost at any time. */
export interface Foresight {
  readonly atMs: number;
  readonly services: Readonly<Record<string, Forecast>>;
  readonly boots: Boots;
  readonly capacity: LearnedCapacity;
  /** Ways to size the group, how each would have gone, and their waits. */
  readonly ladder: Ladder;
  readonly excess: Excess;
  /** What it was rebuilt from after a restart; undefined where it began with nothing. */
  readonly origin: Origin | undefined;
  /** Of this look; undefined where the demand could not be read. */
  readonly now: Foreseen | undefined;
}

/** What is foreseen at one look. */
interface Foreseen {
  readonly plan: Plan;
  /** How daring it is, by the ladder. */
  readonly rung: string;
  /** Until a worker that is launched now serves. */
  readonly aheadSeconds: number;
  /** Whether what is needed beyond what is there has been needed for long enough. */
  readonly isExcessEnough: boolean;
  /** By service: how much more than now each worker will have to serve when a replica that is started now does. */
  readonly leads: Readonly<Record<string, number>>;
}

const REPLICA_DEVIATIONS = 0.25;
const MOST_LEAD = 4;

export function noForesight(atMs: number, workers = 1): Foresight {
  return {
    atMs,
    services: {},
    boots: noBoots,
    capacity: unlearnedCapacity,
    ladder: newLadder(workers, atMs),
    excess: 0,
    origin: undefined,
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
  /** Workers that there are, those that boot included; and how few and how many there may be. */
  readonly workers: number;
  readonly min: number;
  readonly max: number;
  /** Workers whose load cannot be read: each may be as busy as can be. */
  readonly unread: number;
}

export interface ForesightSettings extends LadderSettings {
  /** By service, requests per second that one worker sustains, as it is written. */
  readonly capacities: Readonly<Record<string, number>>;
  /** Scale in only where what remains is filled below this share of what it may be. */
  readonly scaleInShare: number;
  /** CPU, 0 to 1, from which on a worker is busy enough to tell what it sustains. */
  readonly busyCpu: number;
}

/** One look on. */
export function foresightAfter(before: Foresight, look: ForesightLook, settings: ForesightSettings): Foresight {
  const { atMs, boots, max, min, unread, workers } = look;
  const ahead = aheadSeconds(boots);
  const services: Record<string, Forecast> = {};
  const askings: Asking[] = [];
  let isReadable = true;
  for (const service of Object.keys(settings.capacities)) {
    const ofWorker = settings.capacities[service] ?? Number.POSITIVE_INFINITY;
    const known = before.services[service] ?? noForecast;
    const value = look.demands[service];
    if (value === undefined) {
      isReadable = false;
      services[service] = known;
      continue;
    }
    const forecast = forecastAfter(known, { atMs, value }, { capacity: ofWorker, ahead });
    services[service] = forecast;
    askings.push({ service, outlook: forecast.outlook, capacity: ofWorker });
  }
  const capacity = capacityAfter(before.capacity, look.busy, settings.busyCpu);
  const correction = correctionOf(capacity);
  const plans = isReadable ? RUNGS.flatMap(({ daring }) => planFor(askings, daring, correction) ?? []) : [];
  const ladder = ladderAfter(
    before.ladder,
    {
      atMs,
      plans: plans.length > 0 ? plans : undefined,
      scaleInShare: settings.scaleInShare,
      unread,
      filled: corrected(
        askings.map(({ outlook, capacity: ofWorker }) => outlook.latest / ofWorker),
        correction,
      ),
      workers,
      min,
      max,
      bootSeconds: Math.max(0, ahead - LATE_SECONDS),
    },
    settings,
  );
  const plan = plans[ladder.chosen];
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
    ladder,
    excess,
    origin: before.origin,
    now: plan && {
      plan,
      rung: rungOf(ladder).name,
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
