import { updateActivity, withActivity } from "./activities.ts";
import { causeTime } from "./activity.ts";
import {
  activeInstances,
  type Effect,
  type Group,
  type GroupInstance,
  isSuspended,
  type Moment,
  type Outcome,
} from "./group.ts";

/**
 * Launches or terminates until the active instances are as many as desired, as far as processes are not suspended and there is a
 * victim that is not protected. `cause` is what changed, as AWS words it. Suspending Terminate protects only what is in service.
 */
export function reconcile(group: Group, moment: Moment, cause = ""): Outcome {
  const effects: Effect[] = [];
  let next = group;
  while (activeInstances(next).length < next.desired && !isSuspended(next, "Launch")) {
    const before = activeInstances(next).length;
    const { group: launched, effect } = launchOne(
      next,
      moment,
      `${cause}${launchCause(moment.atMs, before, next.desired)}`,
    );
    next = launched;
    effects.push(effect);
  }
  while (activeInstances(next).length > next.desired) {
    const victim = defaultVictim(next);
    if (!victim) break;
    const before = activeInstances(next).length;
    const text = `${cause}At ${causeTime(moment.atMs)} an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${before} to ${next.desired}.  At ${causeTime(moment.atMs)} instance ${victim.id} was selected for termination.`;
    next = terminateOne(next, victim, moment, text);
    effects.push({ kind: "terminate", instanceId: victim.id });
  }
  return { group: next, effects };
}

function launchCause(atMs: number, from: number, to: number): string {
  return `At ${causeTime(atMs)} an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${from} to ${to}.`;
}

function launchOne(group: Group, moment: Moment, cause: string): { group: Group; effect: Effect } {
  const instanceId = moment.newId("instance");
  const activityId = moment.newId("activity");
  const zone = emptiestZone(group);
  const instance: GroupInstance = { id: instanceId, zone, state: "pending", launchedAtMs: moment.atMs, activityId };
  const withInstance = { ...group, instances: [...group.instances, instance] };
  const next = withActivity(withInstance, {
    id: activityId,
    instanceId,
    zone,
    description: `Launching a new EC2 instance: ${instanceId}`,
    cause,
    startedAtMs: moment.atMs,
    status: "PreInService",
    progress: 30,
  });
  return { group: next, effect: { kind: "launch", instanceId, zone } };
}

const NEVER_IN_SERVICE = "Instance became unhealthy while waiting for instance to be in InService state.";

/**
 * Marks an instance as terminating and opens the activity that `instanceGone` will end. What the instance was in the middle of, such
 * as its launch, ends as `Cancelled`, for the reason given.
 */
export function terminateOne(
  group: Group,
  victim: GroupInstance,
  moment: Moment,
  cause: string,
  reason = NEVER_IN_SERVICE,
): Group {
  const activityId = moment.newId("activity");
  const open = group.activities.find((each) => each.id === victim.activityId && each.endedAtMs === undefined);
  const closed = updateActivity(group, open?.id, {
    description: `${open?.description}.  Status Reason: ${reason}`,
    status: "Cancelled",
    statusMessage: reason,
    endedAtMs: moment.atMs,
    progress: 100,
  });
  const marked = {
    ...closed,
    instances: closed.instances.map((each) => (each.id === victim.id ? leaving(each, activityId) : each)),
  };
  return withActivity(marked, {
    id: activityId,
    instanceId: victim.id,
    zone: victim.zone,
    description: `Terminating EC2 instance: ${victim.id} - Waiting For ELB Connection Draining.`,
    cause,
    startedAtMs: moment.atMs,
    status: "WaitingForELBConnectionDraining",
    progress: 50,
  });
}

/** On its way out nobody has to answer for its launch any more. */
function leaving({ waits: _over, ...instance }: GroupInstance, activityId: string): GroupInstance {
  return { ...instance, state: "terminating", activityId };
}

/** Launches one instance beyond what is desired; `why` goes into its cause. */
export function launchInto(group: Group, moment: Moment, why: string): Outcome {
  const { group: next, effect } = launchOne(group, moment, `At ${causeTime(moment.atMs)} ${why}.`);
  return { group: next, effects: [effect] };
}

function emptiestZone(group: Group): string {
  const zones = [...group.zones].sort((left, right) => activeIn(group, left).length - activeIn(group, right).length);
  return zones[0] ?? "";
}

/**
 * AWS's default choice when the caller names no victim: the oldest unprotected instance of the fullest zone that has one. Undefined
 * when all are protected, one by one or because Terminate is suspended.
 */
export function defaultVictim(group: Group): GroupInstance | undefined {
  const zones = [...group.zones].sort((left, right) => activeIn(group, right).length - activeIn(group, left).length);
  for (const zone of zones) {
    const candidates = activeIn(group, zone).filter(
      (each) => !each.isProtected && !(each.state === "in-service" && isSuspended(group, "Terminate")),
    );
    const [oldest] = [...candidates].sort((left, right) => left.launchedAtMs - right.launchedAtMs);
    if (oldest) return oldest;
  }
  return undefined;
}

function activeIn(group: Group, zone: string): readonly GroupInstance[] {
  return activeInstances(group).filter((instance) => instance.zone === zone);
}
