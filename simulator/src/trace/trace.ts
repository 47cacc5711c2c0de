/** Traffic over time on a regular grid. */
export interface Trace {
  readonly name: string;
  /** Start of the first slot, epoch seconds. */
  readonly startSeconds: number;
  readonly stepSeconds: number;
  /** Mean requests per second of each slot; NaN where the slot is missing. */
  readonly rates: Float64Array;
}

/** A trace that cannot be used: what was got, where, and what to do. */
export class TraceError extends Error {
  override readonly name = "TraceError";
  /** 1 is the first line; undefined where no line is to blame. */
  readonly line: number | undefined;

  constructor(trace: string, problem: string, line?: number) {
    super(`${trace}${line === undefined ? "" : `, line ${line}`}: ${problem}`);
    this.line = line;
  }
}

/** How many slots of a trace are missing. */
export function missingSlots({ rates }: Trace): number {
  return rates.reduce((count, rate) => (Number.isNaN(rate) ? count + 1 : count), 0);
}
