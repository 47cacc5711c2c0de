import { fillOf } from "./fluctuation.ts";
import type { Outlook } from "./forecast.ts";

/** How daring a plan is. Shares of a worker's capacity, and standard deviations of the forecast. */
export interface Daring {
  /** Filled at most, by the demand that is expected when a new worker serves. */
  readonly fill: number;
  /** Filled at most, by the demand of the last minute. */
  readonly fillNow: number;
  readonly deviations: number;
}

/** What the demand of one service asks for. */
export interface Asking {
  readonly service: string;
  readonly outlook: Outlook;
  /** What one worker sustains, requests per second. */
  readonly capacity: number;
}

/** Which part of the forecast binds. */
export type Part = "now" | "trend" | "season" | "burst";

/** Workers, not rounded. */
export interface Plan {
  readonly needed: number;
  /** What is worth keeping although fewer are needed. */
  readonly keep: number;
  /** Whether what the season is about to bring makes `keep` the larger. */
  readonly keptBy: "need" | "season";
  readonly service: string;
  readonly part: Part;
  /** Demand that the part plans for, requests per second, and the share of a worker that it may fill. */
  readonly planned: number;
  readonly fill: number;
  readonly capacity: number;
}

/** What one service needs. */
function planOf({ service, outlook, capacity }: Asking, daring: Daring): Plan {
  const { burst, fluctuation, now, season, sigma, trend } = outlook;
  const fill = fillOf(fluctuation, daring.fill);
  const parts: readonly (readonly [Part, number, number])[] = [
    ["now", now, fillOf(fluctuation, daring.fillNow)],
    ["trend", trend + daring.deviations * sigma, fill],
    ["season", season?.next3Minutes ?? 0, fill],
    ["burst", burst?.planned ?? 0, fill],
  ];
  const [part, planned, filled] = parts.reduce((most, each) => (each[1] / each[2] > most[1] / most[2] ? each : most));
  const needed = planned / (capacity * filled);
  const bySeason = (season?.next30Minutes ?? 0) / (capacity * fill);
  return {
    needed,
    keep: Math.max(needed, bySeason),
    keptBy: bySeason > needed ? "season" : "need",
    service,
    part,
    planned,
    fill: filled,
    capacity,
  };
}

/** The plan of the service that needs most: each worker is able to run every service. */
export function planFor(askings: readonly Asking[], daring: Daring, correction: Correction): Plan | undefined {
  const plans = askings.map((asking) => planOf(asking, daring));
  const [first] = plans;
  if (first === undefined) return undefined;
  const binding = plans.reduce((most, plan) => (plan.needed > most.needed ? plan : most), first);
  const keeping = plans.reduce((most, plan) => (plan.keep > most.keep ? plan : most), first);
  return {
    ...binding,
    needed: corrected(
      plans.map(({ needed }) => needed),
      correction,
    ),
    keep: corrected(
      plans.map(({ keep }) => keep),
      correction,
    ),
    keptBy: keeping.keptBy,
  };
}

/** What CPU says of the written capacities: the CPU that a worker's written load really takes, and how sure that is, 0 to 1. */
export interface Correction {
  readonly cpuPerLoad: number;
  readonly confidence: number;
}

/** Without CPU the service that needs most binds; by CPU all of them together take it. */
export function corrected(needs: readonly number[], { cpuPerLoad, confidence }: Correction): number {
  const most = Math.max(...needs);
  const together = needs.reduce((sum, need) => sum + need, 0) * cpuPerLoad;
  return most + confidence * (together - most);
}
