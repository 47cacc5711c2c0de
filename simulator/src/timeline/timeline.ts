import type { Tick } from "../plant/plant.ts";

/** A time in which a policy changed how many workers are meant to serve. */
export interface TimelineDecision {
  readonly atMs: number;
  readonly from: number;
  readonly to: number;
  /** In the policy's own words; undefined where it has none. */
  readonly why: string | undefined;
}

/** What happened between two moments. */
export interface Span {
  readonly fromMs: number;
  /** Mean requests per second. */
  readonly offered: number;
  /** The most requests per second in one tick. */
  readonly peak: number;
  /** Mean requests per second that could have been served. */
  readonly capacity: number;
  /** Requests that were not served. */
  readonly lost: number;
  /** Mean number of workers paid for. */
  readonly workers: number;
  /** Whether any of it counts. */
  readonly isScored: boolean;
  /** The first of the decisions, and how many there were. */
  readonly decisions: readonly TimelineDecision[];
  readonly decisionCount: number;
}

/** A run over time, in spans of equal length. */
export interface Timeline {
  readonly startMs: number;
  readonly spanSeconds: number;
  readonly spans: readonly Span[];
}

/** As many as a screen shows beside each other. */
const MOST_SPANS = 720;
/** Decisions of a span that are kept in words. */
const MOST_DECISIONS = 4;

/** Keeps a run in a fixed number of spans, however long it is. */
export class TimelineKeeper {
  readonly #startMs: number;
  readonly #tickSeconds: number;
  readonly #ticksPerSpan: number;
  readonly #spans: Span[] = [];
  #ticks = 0;
  #offered = 0;
  #peak = 0;
  #capacity = 0;
  #lost = 0;
  #workers = 0;
  #isScored = false;
  #decisions: TimelineDecision[] = [];
  #decisionCount = 0;

  constructor({ startMs, tickSeconds, ticks }: { startMs: number; tickSeconds: number; ticks: number }) {
    this.#startMs = startMs;
    this.#tickSeconds = tickSeconds;
    this.#ticksPerSpan = Math.max(1, Math.ceil(ticks / MOST_SPANS));
  }

  /** A decision at the beginning of the tick that is added next. `why` is asked only where it is kept. */
  decision(atMs: number, from: number, to: number, why: () => string | undefined): void {
    this.#decisionCount++;
    if (this.#decisions.length < MOST_DECISIONS) this.#decisions.push({ atMs, from, to, why: why() });
  }

  add({ offered, served, capacity, billed }: Tick, isScored: boolean): void {
    this.#offered += offered;
    if (offered > this.#peak) this.#peak = offered;
    this.#capacity += capacity;
    this.#lost += (offered - served) * this.#tickSeconds;
    this.#workers += billed;
    if (isScored) this.#isScored = true;
    if (++this.#ticks === this.#ticksPerSpan) this.#close();
  }

  /** What was kept, the begun span included. */
  timeline(): Timeline {
    this.#close();
    return { startMs: this.#startMs, spanSeconds: this.#ticksPerSpan * this.#tickSeconds, spans: this.#spans };
  }

  #close(): void {
    const ticks = this.#ticks;
    if (ticks === 0) return;
    this.#spans.push({
      fromMs: this.#startMs + this.#spans.length * this.#ticksPerSpan * this.#tickSeconds * 1000,
      offered: this.#offered / ticks,
      peak: this.#peak,
      capacity: this.#capacity / ticks,
      // What is left of a subtraction of two equal sums is no lost request.
      lost: this.#lost > 1e-6 ? this.#lost : 0,
      workers: this.#workers / ticks,
      isScored: this.#isScored,
      decisions: this.#decisions,
      decisionCount: this.#decisionCount,
    });
    this.#ticks = 0;
    this.#offered = 0;
    this.#peak = 0;
    this.#capacity = 0;
    this.#lost = 0;
    this.#workers = 0;
    this.#isScored = false;
    this.#decisions = [];
    this.#decisionCount = 0;
  }
}
