import type { Activity } from "@aws-sdk/client-auto-scaling";

/** What the group's activities say about launches. */
export interface LaunchHistory {
  /** When each instance's launch began (epoch ms), by instance id. */
  readonly launchedAtMs: ReadonlyMap<string, number>;
  /** Failed launches since the last successful one. */
  readonly failedLaunches: number;
  readonly lastFailedLaunchAtMs?: number;
}

/** A failure older than this counts no more: whoever repaired the cause should not have to reset anything. */
export const FAILED_LAUNCH_MEMORY_MS = 60 * 60_000;

const LAUNCH = /^Launching a new EC2 instance(?::\s*(i-[0-9a-zA-Z-]+))?/;

/** Reads launches out of a group's activities, in any order. */
export function readLaunches(activities: readonly Activity[], nowMs: number): LaunchHistory {
  const newestFirst = activities
    .filter((activity) => LAUNCH.test(activity.Description ?? "") && activity.StartTime)
    .sort((a, b) => startOf(b) - startOf(a));
  const launchedAtMs = new Map<string, number>();
  for (const activity of newestFirst) {
    const id = LAUNCH.exec(activity.Description ?? "")?.[1];
    if (id && !launchedAtMs.has(id)) launchedAtMs.set(id, startOf(activity));
  }
  const ended = newestFirst.filter((activity) =>
    ["Successful", "Failed", "Cancelled"].includes(activity.StatusCode ?? ""),
  );
  const lastSuccess = ended.findIndex((activity) => activity.StatusCode === "Successful");
  const failures = (lastSuccess === -1 ? ended : ended.slice(0, lastSuccess))
    .filter((activity) => activity.StatusCode === "Failed")
    .map((activity) => activity.EndTime?.getTime() ?? startOf(activity))
    .filter((atMs) => nowMs - atMs < FAILED_LAUNCH_MEMORY_MS);
  const last = failures[0];
  return {
    launchedAtMs,
    failedLaunches: failures.length,
    ...(last === undefined ? {} : { lastFailedLaunchAtMs: last }),
  };
}

function startOf(activity: Activity): number {
  return activity.StartTime?.getTime() ?? 0;
}
