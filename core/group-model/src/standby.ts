import { updateActivity, withActivity } from "./activities.ts";
import { causeTime } from "./activity.ts";
import { intoService } from "./events.ts";
import {
  type Effect,
  type Group,
  type GroupInstance,
  type Moment,
  type Outcome,
  type Refusal,
  refuse,
  withInstance,
} from "./group.ts";
import { reconcile } from "./reconcile.ts";

/** Which instances go, and for Standby whether the desired capacity shrinks by as many. */
export interface StandbyRequest {
  readonly instanceIds: readonly string[];
  readonly decrement: boolean;
}

/**
 * EnterStandby: the instances leave the load balancer and stay members that count nowhere. Without `decrement` others are launched in
 * their place. All of them go, or none.
 */
export function enterStandby(group: Group, request: StandbyRequest, moment: Moment): Outcome | Refusal {
  const members = membersIn(group, request.instanceIds, "in-service", "InService");
  if ("refused" in members) return members;
  const count = members.length;
  if (request.decrement && group.desired - count < group.min) return sizesForbid(group, `place into standby ${count}`);
  let next = group;
  const effects: Effect[] = [];
  for (const { id, zone } of members) {
    const activityId = moment.newId("activity");
    const shrinking = request.decrement ? `, shrinking the capacity from ${next.desired} to ${next.desired - 1}` : "";
    next = withInstance(next, id, (each) => ({ ...each, state: "entering-standby", activityId }));
    next = withActivity(next, {
      id: activityId,
      instanceId: id,
      zone,
      description: `Moving EC2 instance to Standby: ${id}`,
      cause: `At ${causeTime(moment.atMs)} instance ${id} was moved to standby in response to a user request${shrinking}.`,
      startedAtMs: moment.atMs,
      status: "InProgress",
      progress: 50,
    });
    if (request.decrement) next = { ...next, desired: next.desired - 1 };
    effects.push({ kind: "leave-balancer", instanceId: id });
  }
  const filled = reconcile(next, moment);
  return { group: filled.group, effects: [...effects, ...filled.effects] };
}

/** ExitStandby: the instances take part again and the desired capacity grows by as many. All of them, or none. */
export function exitStandby(group: Group, instanceIds: readonly string[], moment: Moment): Outcome | Refusal {
  const members = membersIn(group, instanceIds, "standby", "Standby");
  if ("refused" in members) return members;
  const count = members.length;
  if (group.desired + count > group.max) return sizesForbid(group, `place in service ${count}`);
  let next = group;
  const effects: Effect[] = [];
  for (const { id, zone } of members) {
    const activityId = moment.newId("activity");
    next = withInstance(next, id, (each) => ({ ...each, state: "pending", activityId }));
    next = withActivity(next, {
      id: activityId,
      instanceId: id,
      zone,
      description: `Moving EC2 instance out of Standby: ${id}`,
      cause: `At ${causeTime(moment.atMs)} instance ${id} was moved out of standby in response to a user request, increasing the capacity from ${next.desired} to ${next.desired + 1}.`,
      startedAtMs: moment.atMs,
      status: "PreInService",
      progress: 30,
    });
    next = { ...next, desired: next.desired + 1 };
    effects.push({ kind: "join-balancer", instanceId: id });
  }
  return { group: next, effects };
}

/** The load balancer sends nothing to the instance any more: Standby. */
export function instanceInStandby(group: Group, instanceId: string, atMs: number): Group {
  const instance = group.instances.find((each) => each.id === instanceId);
  if (instance?.state !== "entering-standby") return group;
  const ended = updateActivity(group, instance.activityId, { status: "Successful", endedAtMs: atMs, progress: 100 });
  return withInstance(ended, instanceId, ({ activityId: _done, ...rest }) => ({ ...rest, state: "standby" }));
}

/** The instance is registered again: InService. */
export function instanceOutOfStandby(group: Group, instanceId: string, atMs: number): Group {
  const instance = group.instances.find((each) => each.id === instanceId);
  return instance?.state === "pending" ? intoService(group, instance, atMs) : group;
}

function membersIn(
  group: Group,
  instanceIds: readonly string[],
  state: GroupInstance["state"],
  words: string,
): readonly GroupInstance[] | Refusal {
  const members: GroupInstance[] = [];
  for (const id of new Set(instanceIds)) {
    const found = group.instances.find((each) => each.id === id);
    if (!found) return refuse("ValidationError", `The instance ${id} is not part of Auto Scaling group ${group.name}.`);
    if (found.state !== state) return refuse("ValidationError", `The instance ${id} is not in ${words}.`);
    members.push(found);
  }
  return members;
}

function sizesForbid({ name, min, max, desired }: Group, wish: string): Refusal {
  return refuse(
    "ValidationError",
    `AutoScalingGroup ${name} has min-size=${min}, max-size=${max}, and desired-size=${desired}. To ${wish} instances, please update the AutoScalingGroup sizes appropriately.`,
  );
}
