import { clamp } from "../numbers/bounds.ts";

/** Level and slope of a demand: Holt's smoothing, with a gain that grows while the forecast errs on one side (Trigg and Leach). */
export interface Trend {
  readonly level: number;
  /** Change in one step. */
  readonly slope: number;
  /** Smoothed error, and smoothed absolute error: their quotient is how one-sided the errors are. */
  readonly error: number;
  readonly absoluteError: number;
}

/** Seconds of one step. */
export const STEP_SECONDS = 15;
const DAMPING = 0.88;
const SLOPE_GAIN = 0.2;
const ERROR_GAIN = 0.05;
const LEAST_GAIN = 0.15;
const MOST_GAIN = 0.8;
/** No forecast is beyond this multiple of the level. */
const MOST_GROWTH = 2.5;

/** One step on: `value` is the demand now. */
export function trendAfter(trend: Trend | undefined, value: number): Trend {
  if (trend === undefined) return { level: value, slope: 0, error: 0, absoluteError: 0 };
  const expected = trend.level + DAMPING * trend.slope;
  const off = value - expected;
  const error = trend.error + ERROR_GAIN * (off - trend.error);
  const absoluteError = trend.absoluteError + ERROR_GAIN * (Math.abs(off) - trend.absoluteError);
  const gain = absoluteError > 0 ? clamp(Math.abs(error) / absoluteError, LEAST_GAIN, MOST_GAIN) : LEAST_GAIN;
  const level = gain * value + (1 - gain) * expected;
  const slope = SLOPE_GAIN * (level - trend.level) + (1 - SLOPE_GAIN) * DAMPING * trend.slope;
  return { level, slope, error, absoluteError };
}

/** The demand in `seconds`, if the slope dies away as slopes do. */
export function trendIn({ level, slope }: Trend, seconds: number): number {
  const steps = (DAMPING * (1 - DAMPING ** (seconds / STEP_SECONDS))) / (1 - DAMPING);
  return clamp(level + slope * steps, 0, Math.max(0, MOST_GROWTH * level));
}
