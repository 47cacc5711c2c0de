import type { HeldStep, Override } from "@compose-fleet/policy";
import type { DecisionRecord } from "../loop/decision-record.ts";
import type { PullLog } from "../releases/ports.ts";

/** The last action on one target. */
export interface LastAction {
  readonly target: string;
  readonly id: string;
  /** Rises with every action; a claim with a lower one than stored is superseded. */
  readonly fence: number;
  readonly atMs: number;
  readonly summary: string;
}

/** Remembers the last action per target. Claiming the same id again is "claimed". Throws when it cannot be reached. */
export interface ActionLog {
  claim(action: LastAction): Promise<"claimed" | "superseded">;
}

/** Operators' overrides; expired ones may be listed for a while. Putting or removing twice changes nothing. Throws when it cannot be reached. */
export interface OverrideStore {
  list(): Promise<readonly Override[]>;
  put(override: Override): Promise<void>;
  remove(id: string): Promise<void>;
}

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

/** The audit: decisions of the last 90 days. Appending a record again overwrites it. Throws when it cannot be reached. */
export interface DecisionLog {
  /** Clamps numbers and texts past the store's limits. One that it will never take stops no other: `RefusedRecordsError`, when all others are stored. */
  append(records: readonly DecisionRecord[]): Promise<void>;
  /** Newest first. */
  recent(nowMs: number, limit: number): Promise<readonly DecisionRecord[]>;
}

/** The one step of each test alert (or, while blind, of each alert that asks for more), the same for all scalers. Throws when it cannot be reached. */
export interface StepLog {
  /** Stores `step` (null: only reads) for the signal unless one is stored; returns the stored one, null when there is none. */
  settleStep(signal: string, step: HeldStep | null, atMs: number): Promise<HeldStep | null>;
}

export type StateStore = ActionLog & OverrideStore & DecisionLog & StepLog & PullLog;
