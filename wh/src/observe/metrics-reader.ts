/** One sample of an instant query. The value is as sent: NaN and infinities are the reader's business. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export type QueryResult =
  | { readonly ok: true; readonly samples: readonly Sample[] }
  | { readonly ok: false; readonly problem: string };

/** One series of a range query: epoch seconds of the machine that answers, and values as sent. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: number])[];
}

export type RangeResult =
  | { readonly ok: true; readonly series: readonly Series[] }
  | { readonly ok: false; readonly problem: string };

/** Where numbers of the past come from. Reading changes nothing and never throws. */
export interface HistoryReader {
  /** Values every `stepSeconds` from `fromSeconds` up to and including `toSeconds`, epoch seconds. */
  range(
    promql: string,
    over: { readonly fromSeconds: number; readonly toSeconds: number; readonly stepSeconds: number },
  ): Promise<RangeResult>;
}

/** Where numbers come from. Reading changes nothing and never throws. */
export interface MetricsReader {
  query(promql: string): Promise<QueryResult>;
}
