/** A rolling replacement of all instances, one at a time. Times are epoch milliseconds. */
export interface InstanceRefresh {
  readonly id: string;
  readonly status: "InProgress" | "Cancelling" | "Cancelled" | "Successful";
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  /** Instances there were when it began. */
  readonly total: number;
  /** Those still to replace. */
  readonly remaining: readonly string[];
}
