import { createRandom } from "../random/random.ts";
import type { Trace } from "./trace.ts";

/** What users send, tick by tick. */
export interface Offered {
  /** Epoch ms of the first tick. */
  readonly startMs: number;
  readonly tickSeconds: number;
  /** Mean requests per second in each tick. */
  readonly rates: Float64Array;
  /** 1 where the tick counts: after the warm-up, and in a slot that is there. */
  readonly isScored: Uint8Array;
}

export interface OfferedOptions {
  readonly tickSeconds: number;
  readonly interpolation: "linear" | "jump";
  /** The 99.9th percentile of the slots becomes this many requests per second; "as-is" leaves the trace alone. */
  readonly peakRequestsPerSecond: number | "as-is";
  /** No tick has more requests per second than this. */
  readonly clipRequestsPerSecond: number;
  /** Of the traffic that is left after that. */
  readonly share: number;
  /** Standard deviation of the factor that stands for what is finer than a slot of 300 s or more. */
  readonly noiseShare: number;
  /** How long that factor remembers itself. */
  readonly noiseSeconds: number;
  readonly seed: number;
}

/** Slots this long or longer hide what happens inside of them. */
const COARSE_SECONDS = 300;
const PEAK_PERCENTILE = 0.999;
const DAY_SECONDS = 86_400;

/** A trace as traffic: rescaled, clipped, interpolated, with the fluctuation that its slots hide. */
export function offeredOf(trace: Trace, options: OfferedOptions): Offered {
  const { tickSeconds, clipRequestsPerSecond: clip, share } = options;
  const slots = withoutGaps(trace.rates);
  const factor = options.peakRequestsPerSecond === "as-is" ? 1 : options.peakRequestsPerSecond / peakOf(trace.rates);
  for (let slot = 0; slot < slots.length; slot++) slots[slot] = Math.min(clip, (slots[slot] ?? 0) * factor);
  const ticks = Math.floor((slots.length * trace.stepSeconds) / tickSeconds);
  const rates = new Float64Array(ticks);
  const isScored = new Uint8Array(ticks);
  const warmUpTicks = warmUpSeconds(trace) / tickSeconds;
  const noise = trace.stepSeconds >= COARSE_SECONDS ? fluctuation(options) : () => 1;
  for (let tick = 0; tick < ticks; tick++) {
    const at = (tick * tickSeconds) / trace.stepSeconds;
    const slot = Math.floor(at);
    const rate = slots[slot] ?? 0;
    const next = options.interpolation === "linear" ? (slots[slot + 1] ?? rate) : rate;
    rates[tick] = Math.min(clip, (rate + (next - rate) * (at - slot)) * noise()) * share;
    isScored[tick] = tick >= warmUpTicks && !Number.isNaN(trace.rates[slot]) ? 1 : 0;
  }
  return { startMs: trace.startSeconds * 1000, tickSeconds, rates, isScored };
}

/** Time at the beginning that is not scored: a week, a day or ten minutes, by the length of the trace. */
function warmUpSeconds({ rates, stepSeconds }: Trace): number {
  const span = rates.length * stepSeconds;
  if (span >= 14 * DAY_SECONDS) return 7 * DAY_SECONDS;
  return span >= 6 * DAY_SECONDS ? DAY_SECONDS : 600;
}

/** The 99.9th percentile of the slots that are there, between the two nearest; their largest where that is 0. */
function peakOf(rates: Float64Array): number {
  const sorted = rates.filter((rate) => !Number.isNaN(rate)).sort();
  const at = PEAK_PERCENTILE * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at)) || (sorted.at(-1) ?? 1);
}

/** Missing slots lie on the line between their neighbours: they are lived through, not scored. */
function withoutGaps(rates: Float64Array): Float64Array {
  const filled = rates.slice();
  let last = -1;
  for (let slot = 0; slot < filled.length; slot++) {
    const rate = filled[slot] ?? Number.NaN;
    if (Number.isNaN(rate)) continue;
    const before = last < 0 ? rate : (filled[last] ?? rate);
    for (let missing = last + 1; missing < slot; missing++)
      filled[missing] = before + ((rate - before) * (missing - last)) / (slot - last);
    last = slot;
  }
  return filled;
}

/** An autoregressive factor around 1. */
function fluctuation({ noiseShare, noiseSeconds, seed, tickSeconds }: OfferedOptions): () => number {
  const random = createRandom(seed, "traffic");
  const memory = Math.exp(-tickSeconds / noiseSeconds);
  const fresh = noiseShare * Math.sqrt(1 - memory * memory);
  let deviation = noiseShare * random.normal();
  return () => {
    const factor = Math.max(0, 1 + deviation);
    deviation = memory * deviation + fresh * random.normal();
    return factor;
  };
}
