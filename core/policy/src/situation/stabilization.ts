/** A number at a time (epoch ms). */
export interface Recommendation {
  readonly atMs: number;
  readonly value: number;
}

/** What a scale-in window remembers. The same object from look to look while the same number is recommended. */
export interface WindowMemory {
  /** Since when it has been watched without a break, epoch ms. */
  readonly sinceMs: number;
  /** What was recommended at the last look. */
  readonly value: number;
  /**
   * Larger numbers and when each was last recommended, oldest first. Each is larger than all after it, since one that is not can bind no
   * more: a window of hundreds of looks holds few.
   */
  readonly larger: readonly Recommendation[];
}

/** The safest of the last seconds: Kubernetes' stabilization window. */
export interface Window {
  readonly memory: WindowMemory;
  /** The largest recommendation of the window. */
  readonly largest: number;
  /** Milliseconds until the window allows `value` or less; Infinity is never returned, 0 means now. */
  waitMs(value: number): number;
}

const NOTHING_LARGER: readonly Recommendation[] = [];

/**
 * Adds the recommendation of `atMs` to what was remembered at `beforeMs`. A window is complete once it has been watched for its whole length; before
 * that it holds everything.
 */
export function stabilize(
  before: WindowMemory | undefined,
  beforeMs: number,
  atMs: number,
  value: number,
  windowMs: number,
): Window {
  const memory =
    before === undefined
      ? { sinceMs: atMs, value, larger: NOTHING_LARGER }
      : withNext(before, beforeMs, value, atMs - windowMs);
  return new RecentWindow(memory, atMs, windowMs);
}

class RecentWindow implements Window {
  readonly memory: WindowMemory;
  readonly #atMs: number;
  readonly #windowMs: number;

  constructor(memory: WindowMemory, atMs: number, windowMs: number) {
    this.memory = memory;
    this.#atMs = atMs;
    this.#windowMs = windowMs;
  }

  get largest(): number {
    const startMs = this.#atMs - this.#windowMs;
    for (const { atMs, value } of this.memory.larger) if (atMs > startMs) return value;
    return this.memory.value;
  }

  waitMs(value: number): number {
    const { larger, sinceMs, value: latest } = this.memory;
    let blockedMs = sinceMs;
    if (latest > value) blockedMs = this.#atMs;
    else
      for (let index = larger.length - 1; index >= 0; index--) {
        const each = larger[index] as Recommendation;
        if (each.value <= value) continue;
        blockedMs = Math.max(sinceMs, each.atMs);
        break;
      }
    return Math.max(0, blockedMs + this.#windowMs - this.#atMs);
  }
}

function withNext(before: WindowMemory, beforeMs: number, value: number, startMs: number): WindowMemory {
  if (value === before.value) return before;
  const larger: Recommendation[] = [];
  for (const each of before.larger) if (each.value > value && each.atMs > startMs) larger.push(each);
  if (before.value > value && beforeMs > startMs) larger.push({ atMs: beforeMs, value: before.value });
  return { sinceMs: before.sinceMs, value, larger };
}

/** What a window remembers, for people: oldest first, the last as of the last look at `atMs`. */
export function recommendationsIn({ larger, value }: WindowMemory, atMs: number): readonly Recommendation[] {
  return [...larger, { atMs, value }];
}
