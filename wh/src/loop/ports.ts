import type { DecisionRecord } from "./decision-record.ts";

/** A record that the store will never take, and why. */
export interface RefusedRecord {
  readonly id: string;
  readonly problem: string;
}

/** All records were stored but these, which never will be. */
export class RefusedRecordsError extends Error {
  readonly refused: readonly RefusedRecord[];
  constructor(refused: readonly RefusedRecord[]) {
    super(refused.map(({ id, problem }) => `${id}: ${problem}`).join("; "));
    this.refused = refused;
  }
}

/** Which decisions of the audit are meant. */
export interface DecisionSpan {
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly target?: string | undefined;
}

/** The audit: decisions of the last 90 days. Appending a record again overwrites it. Throws when it cannot be reached. */
export interface DecisionLog {
  /** Clamps numbers and texts past the store's limits. One that it will never take stops no other: `RefusedRecordsError`, when all others are stored. */
  append(records: readonly DecisionRecord[]): Promise<void>;
  /** Newest first. */
  recent(nowMs: number, limit: number): Promise<readonly DecisionRecord[]>;
  /** Those at `sinceMs` or later and before `untilMs` (epoch milliseconds), newest first, of one target or of all. */
  between(span: DecisionSpan, limit: number): Promise<readonly DecisionRecord[]>;
}
