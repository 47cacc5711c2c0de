/** One sample of an instant query. The value is as sent: NaN and infinities are the reader's business. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export type QueryResult =
  | { readonly ok: true; readonly samples: readonly Sample[] }
  | { readonly ok: false; readonly problem: string };

/** Where numbers come from. Reading changes nothing and never throws. */
export interface MetricsReader {
  query(promql: string): Promise<QueryResult>;
}
