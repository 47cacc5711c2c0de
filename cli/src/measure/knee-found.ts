import { type Bent, LATE_MS, type Search, type SearchLimits, type Step } from "./knee.ts";

export type Confidence = "high" | "medium" | "low";

/** What one target sustains. */
export interface Knee {
  /** The highest rate that was sustained, requests per second; 0 where none was. */
  readonly rps: number;
  readonly good: Step | undefined;
  /** The lowest rate that was not sustained; undefined where none was tried. */
  readonly bent: Bent | undefined;
  readonly confidence: Confidence;
  /** What lowers it, in words. */
  readonly doubts: readonly string[];
}

/** Two rates with more between them leave too much open. */
const WIDE = 1.2;
/** Steps that were slow by chance, above which latency is not steady. */
const STEADY_CHANCES = 2;

/** What a search that is over has found, and how far it can be believed. */
export function kneeFound(search: Search, { mostSeconds }: SearchLimits): Knee {
  const { goods, bent, isConfirmed, confirmations, chances, spentSeconds } = search;
  const good = goods.at(-1);
  const isLate = [good, bent?.step].some((step) => step !== undefined && step.lagMs > LATE_MS);
  const serious = [
    ...(good === undefined ? ["no rate was sustained"] : []),
    ...(good !== undefined && bent !== undefined && !isConfirmed ? ["it was not sustained a second time"] : []),
    ...(good !== undefined && bent !== undefined && bent.step.rps / good.rps > WIDE
      ? [`nothing between ${rateText(good.rps)} and ${rateText(bent.step.rps)} requests/s was sustained or tried`]
      : []),
    ...(isLate ? ["this machine was short of CPU, and the load itself came late"] : []),
    ...(!isConfirmed && spentSeconds >= mostSeconds
      ? [`the time was up after ${Math.round(spentSeconds)} s of load`]
      : []),
  ];
  const slight = [
    ...(good !== undefined && bent === undefined ? ["nothing bent: it sustains more than was tried"] : []),
    ...(isConfirmed && confirmations > 1 ? ["higher rates were sustained once, and not again"] : []),
    ...(chances > STEADY_CHANCES ? ["latency was not steady"] : []),
  ];
  return {
    rps: good?.rps ?? 0,
    good,
    bent,
    confidence: serious.length > 0 ? "low" : slight.length > 0 ? "medium" : "high",
    doubts: [...serious, ...slight],
  };
}

/** A rate as people read it, rounded down: an estimate that is too high hurts. */
export function rateText(rps: number): string {
  return String(roundedDown(rps));
}

/** To a tenth below 10 requests per second, else to a whole one. */
export function roundedDown(rps: number): number {
  const unit = rps < 10 ? 10 : 1;
  return Math.floor(rps * unit + 1e-9) / unit;
}
