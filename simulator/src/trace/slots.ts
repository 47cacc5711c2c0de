import { type Trace, TraceError } from "./trace.ts";

/** Rows that are looked at before the step is taken for known: the first two may lie beside a gap. */
const ROWS_TO_KNOW_THE_STEP = 1_000;
/** More slots than this are a wrong unit or a stray row, and no memory for them. */
const MAX_SLOTS = 30_000_000;
/** Slots finer than this are averaged: nothing in the fleet decides faster. */
const FINEST_SECONDS = 5;

interface Row {
  readonly line: number;
  readonly atSeconds: number;
  readonly rate: number;
}

/** Rows in their order, one after the other, into slots of one length. Throws `TraceError` with the line that does not fit. */
export class Slots {
  readonly #trace: string;
  #first: Row[] = [];
  #startSeconds = 0;
  #rowStep = 0;
  #perSlot = 1;
  #sums = new Float64Array(1024).fill(Number.NaN);
  #counts = new Uint16Array(1024);
  #length = 0;
  #last: Row | undefined;

  constructor(trace: string) {
    this.#trace = trace;
  }

  /** The next row. */
  add(line: number, atSeconds: number, rate: number): void {
    const before = this.#last;
    if (before !== undefined && atSeconds === before.atSeconds)
      throw new TraceError(
        this.#trace,
        `the time ${atSeconds} is also in line ${before.line}: write each slot once`,
        line,
      );
    if (before !== undefined && atSeconds < before.atSeconds)
      throw new TraceError(
        this.#trace,
        `the time ${atSeconds} is before ${before.atSeconds} in line ${before.line}: sort the rows by time`,
        line,
      );
    const row = { line, atSeconds, rate };
    this.#last = row;
    if (this.#rowStep > 0) this.#put(row);
    else if (this.#first.push(row) === ROWS_TO_KNOW_THE_STEP) this.#begin();
  }

  /** The trace, when all rows have been added. */
  end(): Trace {
    if (this.#last === undefined)
      throw new TraceError(this.#trace, "has no rows: write timestamp,requests_per_second in each line");
    if (this.#rowStep === 0) this.#begin();
    const rates = this.#sums.subarray(0, this.#length);
    for (let slot = 0; slot < this.#length; slot++) rates[slot] = (rates[slot] ?? 0) / (this.#counts[slot] || 1);
    if (!rates.some((rate) => rate > 0)) throw new TraceError(this.#trace, "has no request in it");
    return {
      name: this.#trace,
      startSeconds: this.#startSeconds,
      stepSeconds: this.#rowStep * this.#perSlot,
      rates,
    };
  }

  #begin(): void {
    const [first, second] = this.#first;
    if (first === undefined || second === undefined)
      throw new TraceError(this.#trace, "has one row only: two are needed to know how long a slot is", first?.line);
    let step = Number.POSITIVE_INFINITY;
    for (let index = 1; index < this.#first.length; index++)
      step = Math.min(step, (this.#first[index]?.atSeconds ?? 0) - (this.#first[index - 1]?.atSeconds ?? 0));
    this.#startSeconds = first.atSeconds;
    this.#rowStep = step;
    this.#perSlot = Math.max(1, Math.ceil(FINEST_SECONDS / step));
    for (const row of this.#first) this.#put(row);
    this.#first = [];
  }

  #put({ line, atSeconds, rate }: Row): void {
    const rows = (atSeconds - this.#startSeconds) / this.#rowStep;
    if (Math.abs(rows - Math.round(rows)) > 1e-6)
      throw new TraceError(
        this.#trace,
        `the time ${atSeconds} is not a multiple of the step of ${this.#rowStep} s after the first row: write one row for each slot, and none for a missing one`,
        line,
      );
    const slot = Math.floor(Math.round(rows) / this.#perSlot);
    if (slot >= MAX_SLOTS)
      throw new TraceError(
        this.#trace,
        `the time ${atSeconds} is ${slot} slots after the first row, and ${MAX_SLOTS} is the most: is it in seconds?`,
        line,
      );
    if (slot >= this.#sums.length) this.#grow(slot);
    this.#length = Math.max(this.#length, slot + 1);
    const sum = this.#sums[slot] ?? Number.NaN;
    this.#sums[slot] = Number.isNaN(sum) ? rate : sum + rate;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
  }

  #grow(slot: number): void {
    const length = Math.min(MAX_SLOTS, Math.max(slot + 1, 2 * this.#sums.length));
    const sums = new Float64Array(length).fill(Number.NaN);
    sums.set(this.#sums);
    const counts = new Uint16Array(length);
    counts.set(this.#counts);
    this.#sums = sums;
    this.#counts = counts;
  }
}
