import { causeTime, withActivity } from "./activity.ts";
import { activeInstances, type Effect, type Group, type GroupInstance, type Moment, type Outcome } from "./group.ts";

/** Launches or terminates until the active instances are as many as desired. `cause` is what changed, as AWS words it. */
export function reconcile(group: Group, moment: Moment, cause = ""): Outcome {
  const effects: Effect[] = [];
  let next = group;
  while (activeInstances(next).length < next.desired) {
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

/** Marks an instance as terminating and opens the activity that `instanceGone` will end. */
export function terminateOne(group: Group, victim: GroupInstance, moment: Moment, cause: string): Group {
  const activityId = moment.newId("activity");
  // A launch that never got in service ends here: AWS cancels it in favour of the termination.
  const closed = victim.activityId
    ? {
        ...group,
        activities: group.activities.map((each) =>
          each.id === victim.activityId && each.endedAtMs === undefined
            ? {
                ...each,
                status: "Failed" as const,
                statusMessage: "Instance became unhealthy while waiting for instance to be in InService state.",
                endedAtMs: moment.atMs,
                progress: 100,
              }
            : each,
        ),
      }
    : group;
  const marked = {
    ...closed,
    instances: closed.instances.map((each) =>
      each.id === victim.id ? { ...each, state: "terminating" as const, activityId } : each,
    ),
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

function emptiestZone(group: Group): string {
  const zones = [...group.zones].sort((left, right) => activeIn(group, left).length - activeIn(group, right).length);
  return zones[0] ?? "";
}

/** AWS's default choice when the caller names no victim: the oldest instance of the fullest zone. */
export function defaultVictim(group: Group): GroupInstance | undefined {
  const zones = [...group.zones].sort((left, right) => activeIn(group, right).length - activeIn(group, left).length);
  const candidates = activeIn(group, zones[0] ?? "");
  return [...candidates].sort((left, right) => left.launchedAtMs - right.launchedAtMs)[0];
}

function activeIn(group: Group, zone: string): readonly GroupInstance[] {
  return activeInstances(group).filter((instance) => instance.zone === zone);
}
