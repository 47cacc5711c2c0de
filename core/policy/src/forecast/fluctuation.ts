import { clamp } from "../numbers/bounds.ts";

/** Variance of the demand of 15 s as a share of that of the last minute. */
export type Fluctuation = number;

const GAIN = 0.002;
const WEIGHT = 0.3;
const LEAST_FILL = 0.6;

/** One step on. */
export function fluctuationAfter(variance: Fluctuation, value: number, meanOfMinute: number): Fluctuation {
  if (meanOfMinute <= 0) return variance;
  return variance + GAIN * (((value - meanOfMinute) / meanOfMinute) ** 2 - variance);
}

/** The share of a worker to fill: less than `most` where the demand jitters, since means hide its peaks. */
export function fillOf(variance: Fluctuation, most: number): number {
  return clamp(1 - WEIGHT * Math.sqrt(variance), Math.min(LEAST_FILL, most), most);
}
