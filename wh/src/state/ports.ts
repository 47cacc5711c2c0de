import type { HeldStep, Override } from "@compose-fleet/policy";

/** Operators' overrides; expired ones may be listed for a while. Putting or removing twice changes nothing. Throws when it cannot be reached. */
export interface OverrideStore {
  list(): Promise<readonly Override[]>;
  put(override: Override): Promise<void>;
  remove(id: string): Promise<void>;
}

/** The one step of each test alert (or, while blind, of each alert that asks for more), the same for all scalers. Throws when it cannot be reached. */
export interface StepLog {
  /** Stores `step` (null: only reads) for the signal unless one is stored; returns the stored one, null when there is none. */
  settleStep(signal: string, step: HeldStep | null, atMs: number): Promise<HeldStep | null>;
}
