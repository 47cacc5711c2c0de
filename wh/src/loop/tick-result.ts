import type { DecideOutput, Decision, Limit, Memory, Observation, Override, Signal } from "@compose-fleet/policy";
import type { DecisionRecord } from "./decision-record.ts";

/** Everything a finished tick knew and decided. */
export interface TickResult {
  readonly number: number;
  /** When it had observed, by the machine's clock: for people. What the policy compares is the observation's own time. */
  readonly atMs: number;
  readonly tookMs: number;
  readonly observation: Observation;
  readonly signals: readonly Signal[];
  readonly overrides: readonly Override[];
  /** What schedules and the budget said. */
  readonly limits: readonly Limit[];
  readonly decisions: readonly Decision[];
  /** Ids of the receipts that it answers. */
  readonly receipts: readonly string[];
  /** One per decision, in the same order. */
  readonly records: readonly DecisionRecord[];
  readonly memory: Memory;
  /** What has lasted for longer than a boot and should not. */
  readonly lasting: DecideOutput["lasting"];
  /** What is due for workers that the group waits for. */
  readonly leaving: DecideOutput["leaving"];
  /** Another scaler leads: decided, but not acted upon. */
  readonly isStandby: boolean;
}
