import type { Activity, ScalingActivityStatusCode } from "@aws-sdk/client-auto-scaling";

/** What the group's activities say about launches. */
export interface LaunchHistory {
  /** When each instance's launch began (epoch ms), by instance id. */
  readonly launchedAtMs: ReadonlyMap<string, number>;
  /** Failed launches since the last successful one. */
  readonly failedLaunches: number;
  readonly lastFailedLaunchAtMs?: number;
  /** Instances of those failed launches that had got one before they failed. */
  readonly failedLaunchIds?: readonly string[];
  /** AWS's own words about the last of them. */
  readonly launchProblem?: string;
}

/** A failure older than this counts no more: whoever repaired the cause should not have to reset anything. */
export const FAILED_LAUNCH_MEMORY_MS = 60 * 60_000;

const LAUNCH = /^Launching a new EC2 instance(?::\s*(i-[0-9a-zA-Z-]+))?/;

/**
 * How a launch stands by its status. Cancelled is how one ends that its lifecycle hook abandons: the instance was there, and paid,
 * and never served. All that is not an end is under way, whatever it waits for.
 */
const STANDING: Readonly<Record<ScalingActivityStatusCode, "under way" | "succeeded" | "failed">> = {
  Successful: "succeeded",
  Failed: "failed",
  Cancelled: "failed",
  PendingSpotBidPlacement: "under way",
  WaitingForSpotInstanceRequestId: "under way",
  WaitingForSpotInstanceId: "under way",
  WaitingForInstanceId: "under way",
  PreInService: "under way",
  InProgress: "under way",
  WaitingForELBConnectionDraining: "under way",
  WaitingForConnectionDraining: "under way",
  MidLifecycleAction: "under way",
  WaitingForInstanceWarmup: "under way",
  WaitingForInPlaceUpdateToStart: "under way",
  WaitingForInPlaceUpdateToFinalize: "under way",
  InPlaceUpdateInProgress: "under way",
};

/** Reads launches out of a group's activities, in any order. */
export function readLaunches(activities: readonly Activity[], nowMs: number): LaunchHistory {
  const launches = activities.filter((activity) => LAUNCH.test(activity.Description ?? "") && activity.StartTime);
  const launchedAtMs = new Map<string, number>();
  for (const activity of [...launches].sort((a, b) => startOf(b) - startOf(a))) {
    const id = instanceOf(activity);
    if (id && !launchedAtMs.has(id)) launchedAtMs.set(id, startOf(activity));
  }
  const lastSuccessAtMs = Math.max(
    ...launches.filter((activity) => standingOf(activity) === "succeeded").map(endOf),
    Number.NEGATIVE_INFINITY,
  );
  const failures = launches
    .filter((activity) => standingOf(activity) === "failed")
    .filter((activity) => endOf(activity) > lastSuccessAtMs && nowMs - endOf(activity) < FAILED_LAUNCH_MEMORY_MS)
    .sort((a, b) => endOf(b) - endOf(a));
  const [last] = failures;
  const failedLaunchIds = failures.flatMap((activity) => instanceOf(activity) ?? []);
  return {
    launchedAtMs,
    failedLaunches: failures.length,
    ...(failedLaunchIds.length > 0 && { failedLaunchIds }),
    ...(last && { lastFailedLaunchAtMs: endOf(last), launchProblem: wordsOf(last) }),
  };
}

/** A status that AWS has invented since counts as failed once the activity has an end: nobody knows of a success. */
function standingOf({ StatusCode: status, EndTime }: Activity): "under way" | "succeeded" | "failed" {
  if (status !== undefined && Object.hasOwn(STANDING, status)) return STANDING[status];
  return EndTime ? "failed" : "under way";
}

/** What AWS says, with its status where that says more than "Failed". */
function wordsOf({ StatusCode: status, StatusMessage, Description = "" }: Activity): string {
  const [, reason] = /Status Reason:\s*(.+)$/s.exec(Description) ?? [];
  const words = (StatusMessage || reason || "AWS gives no reason").trim();
  return status === "Failed" ? words : `${status ?? "no status"}: ${words}`;
}

function instanceOf({ Description }: Activity): string | undefined {
  return LAUNCH.exec(Description ?? "")?.[1];
}

function startOf(activity: Activity): number {
  return activity.StartTime?.getTime() ?? 0;
}

function endOf(activity: Activity): number {
  return activity.EndTime?.getTime() ?? startOf(activity);
}
