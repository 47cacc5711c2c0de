import { clamp } from "../numbers/bounds.ts";
import { earlierThan, meanOfLast, type Recent } from "./recent.ts";

/** What is known of sudden growth, and how large it became before. */
export interface Burst {
  /** Variance of the change within 30 s, robust against bursts themselves. */
  readonly noise: number;
  readonly samples: number;
  /** Of bursts whose outcome is known, newest last: growth that came, as a share of the growth that its beginning would have led to. */
  readonly shares: readonly number[];
  /** Bursts that are being watched, oldest first. */
  readonly watched: readonly Watched[];
}

interface Watched {
  readonly untilMs: number;
  readonly value: number;
  /** What was extrapolated beyond `value`. */
  readonly growth: number;
  readonly peak: number;
}

/** A burst of this tick. Requests per second, and the share of the extrapolation that is believed. */
export interface BurstSeen {
  readonly planned: number;
  readonly change: number;
  readonly share: number;
}

const CHANGE_SECONDS = 30;
const BASE_SECONDS = 120;
const NOISE_GAIN = 0.005;
/** A burst is more than this share of the base, of one worker, and this many standard deviations. */
const LEAST_OF_BASE = 0.1;
const LEAST_OF_WORKER = 0.05;
const LEAST_DEVIATIONS = 6;
const KEPT_SHARES = 30;
const LEAST_SHARES = 3;
const QUANTILE = 0.6;
const MOST_SHARE = 1.5;
/** Until a size is learned the extrapolation is believed to this multiple of the demand; then to the other. */
const MOST_UNLEARNED = 1.5;
const MOST_LEARNED = 4;
const MOST_WATCHED = 60;

export const noBurst: Burst = { noise: 0, samples: 0, shares: [], watched: [] };

/** One sample on, at any pace. `capacity` is one worker's, `ahead` how many seconds a new one takes to serve. */
export function burstAfter(
  burst: Burst,
  recent: Recent,
  { capacity, ahead }: { readonly capacity: number; readonly ahead: number },
): { readonly burst: Burst; readonly seen: BurstSeen | undefined } {
  const atMs = recent.at(-1)?.atMs ?? 0;
  const value = meanOfLast(recent, 15);
  const { shares, watched } = learnt(burst, atMs, value);
  const earlier = earlierThan(recent, CHANGE_SECONDS, BASE_SECONDS);
  if (earlier === undefined) return { burst: { ...burst, shares, watched }, seen: undefined };
  const change = value - earlier.value;
  const samples = burst.samples + 1;
  const gain = Math.max(NOISE_GAIN, 1 / samples);
  const noise = burst.noise + gain * (Math.min(change * change, 9 * burst.noise + 1) - burst.noise);
  const isBurst =
    change > LEAST_OF_BASE * earlier.before &&
    change > LEAST_OF_WORKER * capacity &&
    change > LEAST_DEVIATIONS * Math.sqrt(noise);
  if (!isBurst) return { burst: { noise, samples, shares, watched }, seen: undefined };
  const growth = (change * ahead) / CHANGE_SECONDS;
  const share = shares.length >= LEAST_SHARES ? quantile(shares, QUANTILE) : 1;
  const most = (shares.length >= LEAST_SHARES ? MOST_LEARNED : MOST_UNLEARNED) * value;
  return {
    burst: {
      noise,
      samples,
      shares,
      watched: [...watched, { untilMs: atMs + ahead * 1000, value, growth, peak: value }].slice(-MOST_WATCHED),
    },
    seen: { planned: Math.min(value + share * growth, most), change, share },
  };
}

/** What the bursts that are over teach, and those still watched with their peak so far. */
function learnt({ shares, watched }: Burst, atMs: number, value: number): Pick<Burst, "shares" | "watched"> {
  if (watched.length === 0) return { shares, watched };
  const higher = watched.map((each) => (value > each.peak ? { ...each, peak: value } : each));
  const over = higher.filter(({ untilMs }) => untilMs <= atMs);
  if (over.length === 0) return { shares, watched: higher };
  const taught = over.map((each) => clamp((each.peak - each.value) / each.growth, 0, MOST_SHARE));
  return {
    shares: [...shares, ...taught].slice(-KEPT_SHARES),
    watched: higher.filter(({ untilMs }) => untilMs > atMs),
  };
}

/** Between the two nearest of the sorted values. */
function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = at * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}
