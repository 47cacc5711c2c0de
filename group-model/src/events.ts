import { causeTime, updateActivity } from "./activity.ts";
import type { Group, Moment, Outcome } from "./group.ts";
import { reconcile, terminateOne } from "./reconcile.ts";

/** The machine runs. With health check type EC2 that is all it takes to be InService, whether or not a service answers. */
export function instanceRunning(group: Group, instanceId: string, atMs: number): Group {
  const instance = group.instances.find((each) => each.id === instanceId);
  if (instance?.state !== "pending") return group;
  const ended = updateActivity(group, instance.activityId, { status: "Successful", endedAtMs: atMs, progress: 100 });
  return {
    ...ended,
    instances: ended.instances.map((each) => {
      if (each.id !== instanceId) return each;
      const { activityId: _done, ...rest } = each;
      return { ...rest, state: "in-service" };
    }),
  };
}

/** The machine could not be launched: its activity fails and it no longer counts. The group tries again at `retryLaunches`. */
export function launchFailed(group: Group, instanceId: string, reason: string, atMs: number): Group {
  const instance = group.instances.find((each) => each.id === instanceId);
  if (instance?.state !== "pending") return group;
  const failed = updateActivity(group, instance.activityId, {
    description: `Launching a new EC2 instance.  Status Reason: ${reason}  Launching EC2 instance failed.`,
    status: "Failed",
    statusMessage: `${reason}  Launching EC2 instance failed.`,
    endedAtMs: atMs,
    progress: 100,
  });
  return { ...failed, instances: failed.instances.filter((each) => each.id !== instanceId) };
}

/** AWS's own periodic attempt to reach the desired capacity after launches failed. */
export function retryLaunches(group: Group, moment: Moment): Outcome {
  return reconcile(group, moment);
}

/** Deregistration is over and the machine shuts down. */
export function instanceShuttingDown(group: Group, instanceId: string): Group {
  const instance = group.instances.find((each) => each.id === instanceId);
  if (instance?.state !== "terminating") return group;
  return updateActivity(group, instance.activityId, {
    description: `Terminating EC2 instance: ${instanceId}`,
    status: "InProgress",
    progress: 70,
  });
}

/** A terminating machine is gone. */
export function instanceGone(group: Group, instanceId: string, atMs: number): Group {
  const instance = group.instances.find((each) => each.id === instanceId);
  if (instance?.state !== "terminating") return group;
  const ended = updateActivity(group, instance.activityId, {
    description: `Terminating EC2 instance: ${instanceId}`,
    status: "Successful",
    endedAtMs: atMs,
    progress: 100,
  });
  return { ...ended, instances: ended.instances.filter((each) => each.id !== instanceId) };
}

/** The machine died without being asked to: the group takes it out and launches a replacement. */
export function instanceLost(group: Group, instanceId: string, moment: Moment): Outcome {
  const instance = group.instances.find((each) => each.id === instanceId);
  if (!instance || instance.state === "terminating") return { group, effects: [] };
  const cause = `At ${causeTime(moment.atMs)} an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.`;
  const marked = terminateOne(group, instance, moment, cause);
  const { group: next, effects } = reconcile(marked, moment);
  return { group: next, effects: [{ kind: "terminate", instanceId }, ...effects] };
}
