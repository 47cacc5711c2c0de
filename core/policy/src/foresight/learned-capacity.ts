import type { Correction } from "../forecast/plan.ts";
import { clamp } from "../numbers/bounds.ts";

/** What busy workers tell of the written capacities. */
export interface LearnedCapacity {
  /** CPU of a worker per worker's worth of written load; 1 where what is written is what CPU allows. */
  readonly cpuPerLoad: number;
  readonly looks: number;
}

/** One worker's look: its CPU, 0 to 1, and its load as a share of what is written that a worker sustains, all services together. */
export interface CapacityLook {
  readonly cpu: number;
  readonly load: number;
}

const GAIN = 0.01;
/** What is learned stays within 30 % of what is written. */
const MOST_OFF = 0.3;
/** Looks after which it is believed in full. */
const SURE_LOOKS = 40;

export const unlearnedCapacity: LearnedCapacity = { cpuPerLoad: 1, looks: 0 };

/** One look on. Only workers that are busier than `busyCpu` tell: what an idle one burns says nothing of what it sustains. */
export function capacityAfter(
  before: LearnedCapacity,
  looks: readonly CapacityLook[],
  busyCpu: number,
): LearnedCapacity {
  let cpu = 0;
  let load = 0;
  for (const look of looks) {
    if (look.cpu < busyCpu || look.load <= 0) continue;
    cpu += look.cpu;
    load += look.load;
  }
  if (load === 0) return before;
  const looksAfter = Math.min(SURE_LOOKS, before.looks + 1);
  const gain = Math.max(GAIN, 1 / (before.looks + 1));
  const seen = clamp(cpu / load, 1 / (1 + MOST_OFF), 1 / (1 - MOST_OFF));
  return { cpuPerLoad: before.cpuPerLoad + gain * (seen - before.cpuPerLoad), looks: looksAfter };
}

/** From this share on the file is wrong enough to tell. */
const LEAST_CONTRADICTION = 0.1;

/** What a worker sustains by its CPU, as a share of what is written; undefined where that agrees, or is not sure yet. */
export function contradictionOf({ cpuPerLoad, looks }: LearnedCapacity): number | undefined {
  const share = 1 / cpuPerLoad;
  return looks >= SURE_LOOKS && Math.abs(share - 1) >= LEAST_CONTRADICTION ? share : undefined;
}

/** What to correct a need by. */
export function correctionOf({ cpuPerLoad, looks }: LearnedCapacity): Correction {
  return { cpuPerLoad, confidence: looks / SURE_LOOKS };
}
