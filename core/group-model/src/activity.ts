export type ActivityStatus =
  | "PreInService"
  | "InProgress"
  | "WaitingForELBConnectionDraining"
  | "MidLifecycleAction"
  | "MidTerminatingLifecycleAction"
  | "Successful"
  | "Failed"
  | "Cancelled";

/** A scaling activity with AWS's fields; times in epoch milliseconds. */
export interface Activity {
  readonly id: string;
  readonly instanceId: string;
  readonly zone: string;
  readonly description: string;
  readonly cause: string;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly status: ActivityStatus;
  readonly statusMessage?: string;
  /** 0-100. */
  readonly progress: number;
}

/** AWS's notation of a time inside a cause: seconds, no fraction. */
export function causeTime(atMs: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: formats the time it is given and reads no clock
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
