import type { Group } from "./group.ts";

/** How many activities a group remembers. */
export const ACTIVITY_LIMIT = 200;

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

/** Adds an activity, newest first, and forgets the oldest beyond the limit. */
export function withActivity(group: Group, activity: Activity): Group {
  return { ...group, activities: [activity, ...group.activities].slice(0, ACTIVITY_LIMIT) };
}

/** Changes one activity; an unknown id changes nothing. */
export function updateActivity(group: Group, id: string | undefined, change: Partial<Activity>): Group {
  return { ...group, activities: group.activities.map((each) => (each.id === id ? { ...each, ...change } : each)) };
}

/** AWS's notation of a time inside a cause: seconds, no fraction. */
export function causeTime(atMs: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: formats the time it is given and reads no clock
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
