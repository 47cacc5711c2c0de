/** A unit as Grafana names it. */
export type Unit = "reqps" | "s" | "percentunit" | "bytes" | "Bps" | "currencyUSD" | "short" | "none";

/** One line, or one for each value of its labels. `legend` is Grafana's, such as `{{service}}`. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
  /** What has to be on in the fleet file for it to have data; undefined: it always has. */
  readonly onlyWith?: "scaling.predictive";
}

export interface PanelSpec {
  readonly title: string;
  readonly unit: Unit;
  /** What it tells, and what to do about it. */
  readonly description?: string;
  readonly queries: readonly Query[];
  /** Lines on top of each other, where their sum means something. */
  readonly isStacked?: boolean;
  /** A number that may be below 0; other panels begin there. */
  readonly isSigned?: boolean;
}

/** A dashboard as we write it. `uid` is part of its address, and never changes. */
export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly PanelSpec[];
}

/** Times that every dashboard marks: those at which an expression has a series. */
export interface Mark {
  readonly name: string;
  readonly color: string;
  readonly expr: string;
}
