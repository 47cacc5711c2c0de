import { updateActivity } from "./activities.ts";
import { type Group, type GroupInstance, isLeaving, type Moment, type Outcome, withInstance } from "./group.ts";
import { beginWaits } from "./lifecycle-hook.ts";
import { reconcile } from "./reconcile.ts";

/**
 * The machine runs. With health check type EC2 that is all it takes to be InService, whether or not a service answers; only a launch
 * hook makes it wait before that.
 */
export function instanceRunning(group: Group, instanceId: string, moment: Moment): Group {
  const instance = group.instances.find((each) => each.id === instanceId);
  if (instance?.state !== "pending") return group;
  const waits = beginWaits(group.hooks, "launching", moment.atMs, () => moment.newId("token"));
  if (waits.length === 0) return intoService(group, instance, moment.atMs);
  const waiting = updateActivity(group, instance.activityId, { status: "MidLifecycleAction", progress: 60 });
  return withInstance(waiting, instanceId, (each) => ({ ...each, state: "pending-wait", waits }));
}

/** An instance whose launch hooks are done takes part: InService. Only now its launch was a success. */
export function instanceEntersService(group: Group, instanceId: string, atMs: number): Group {
  const instance = group.instances.find((each) => each.id === instanceId);
  return instance?.state === "pending-proceed" ? intoService(group, instance, atMs) : group;
}

/** The activity in progress ends and the instance serves. */
export function intoService(group: Group, instance: GroupInstance, atMs: number): Group {
  const ended = updateActivity(group, instance.activityId, { status: "Successful", endedAtMs: atMs, progress: 100 });
  return withInstance(ended, instance.id, ({ activityId: _done, ...rest }) => ({ ...rest, state: "in-service" }));
}

/** A leaving machine has been deregistered from the load balancer: a terminate hook makes it wait now, before it shuts down. */
export function instanceDeregistered(group: Group, instanceId: string, moment: Moment): Group {
  const instance = group.instances.find((each) => each.id === instanceId);
  if (instance?.state !== "terminating") return group;
  const waits = beginWaits(group.hooks, "terminating", moment.atMs, () => moment.newId("token"));
  if (waits.length === 0) return group;
  const waiting = updateActivity(group, instance.activityId, {
    description: `Terminating EC2 instance: ${instanceId}`,
    status: "MidTerminatingLifecycleAction",
    progress: 60,
  });
  return withInstance(waiting, instanceId, (each) => ({ ...each, state: "terminating-wait", waits }));
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
  if (!instance || !isLeaving(instance)) return group;
  return updateActivity(group, instance.activityId, {
    description: `Terminating EC2 instance: ${instanceId}`,
    status: "InProgress",
    progress: 70,
  });
}

/** A terminating machine is gone. */
export function instanceGone(group: Group, instanceId: string, atMs: number): Group {
  const instance = group.instances.find((each) => each.id === instanceId);
  if (!instance || !isLeaving(instance)) return group;
  const ended = updateActivity(group, instance.activityId, {
    description: `Terminating EC2 instance: ${instanceId}`,
    status: "Successful",
    endedAtMs: atMs,
    progress: 100,
  });
  return { ...ended, instances: ended.instances.filter((each) => each.id !== instanceId) };
}
