import { causeTime } from "./activity.ts";
import {
  activeInstances,
  type Group,
  isLeaving,
  isStandby,
  isSuspended,
  type Moment,
  type Outcome,
  type Refusal,
  refuse,
  type ScalingProcess,
  type TerminateWhileSuspended,
  withInstance,
} from "./group.ts";
import type { LifecycleHook } from "./lifecycle-hook.ts";
import { reconcile, terminateOne } from "./reconcile.ts";

/** What a new group is made from; `zones` must not be empty. */
export interface GroupSpec {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  readonly zones: readonly string[];
  readonly suspended?: readonly ScalingProcess[];
  readonly hooks?: readonly LifecycleHook[];
  /** Default 300, as AWS's. */
  readonly cooldownSeconds?: number;
  /** Default `refused`, the stricter. */
  readonly terminateWhileSuspended?: TerminateWhileSuspended;
}

/** A new group that launches its first instances. Throws on bounds that contradict each other. */
export function createGroup(spec: GroupSpec, moment: Moment): Outcome {
  if (!Number.isInteger(spec.min) || !Number.isInteger(spec.max) || spec.min < 0 || spec.min > spec.max)
    throw new RangeError(
      `group ${spec.name}: min ${spec.min} and max ${spec.max} must be whole numbers, 0 ≤ min ≤ max`,
    );
  const refused = outOfBounds(spec, spec.desired);
  if (refused) throw new RangeError(`group ${spec.name}: ${refused}`);
  if (spec.zones.length === 0) throw new RangeError(`group ${spec.name}: name at least one zone`);
  const group: Group = {
    suspended: [],
    hooks: [],
    cooldownSeconds: 300,
    terminateWhileSuspended: "refused",
    ...spec,
    refreshes: [],
    instances: [],
    activities: [],
    createdAtMs: moment.atMs,
  };
  return reconcile(
    group,
    moment,
    `At ${causeTime(moment.atMs)} a user request created an AutoScalingGroup changing the desired capacity from 0 to ${spec.desired}.  `,
  );
}

/**
 * SetDesiredCapacity: refused outside the group's bounds, and within the cooldown when it is to be honoured; the group picks the
 * victims of a scale-in itself.
 */
export function setDesired(
  group: Group,
  desired: number,
  moment: Moment,
  { honorCooldown = false }: { readonly honorCooldown?: boolean } = {},
): Outcome | Refusal {
  const problem = outOfBounds(group, desired);
  if (problem) return refuse("ValidationError", problem);
  const busy = group.activities.find(
    ({ endedAtMs }) => endedAtMs === undefined || moment.atMs - endedAtMs < group.cooldownSeconds * 1000,
  );
  if (honorCooldown && busy)
    return refuse(
      "ScalingActivityInProgress",
      `Scaling activity ${busy.id} is in progress or ended within the cooldown of ${group.cooldownSeconds} s, and blocks this action`,
    );
  if (desired === group.desired) return { group, effects: [] };
  const cause = `At ${causeTime(moment.atMs)} a user request explicitly set group desired capacity changing the desired capacity from ${group.desired} to ${desired}.  `;
  return reconcile({ ...group, desired }, moment, cause);
}

/** UpdateAutoScalingGroup: new bounds, and the desired capacity moved into them unless one is given. */
export function updateGroup(
  group: Group,
  change: {
    readonly min?: number | undefined;
    readonly max?: number | undefined;
    readonly desired?: number | undefined;
    readonly cooldownSeconds?: number | undefined;
  },
  moment: Moment,
): Outcome | Refusal {
  const min = change.min ?? group.min;
  const max = change.max ?? group.max;
  if (min < 0 || max < min)
    return refuse("ValidationError", `Max bound, ${max}, must be greater than or equal to min bound, ${min}`);
  if (change.desired !== undefined && (change.desired < min || change.desired > max))
    return refuse(
      "ValidationError",
      `Desired capacity:${change.desired} must be between the specified min size:${min} and max size:${max}`,
    );
  const desired = change.desired ?? Math.min(max, Math.max(min, group.desired));
  const updated = { ...group, min, max, desired, cooldownSeconds: change.cooldownSeconds ?? group.cooldownSeconds };
  const cause = `At ${causeTime(moment.atMs)} a user request update of AutoScalingGroup constraints to min: ${min}, max: ${max}, desired: ${desired} changing the desired capacity from ${group.desired} to ${desired}.  `;
  return reconcile(updated, moment, cause);
}

/** SetInstanceProtection: a protected instance is not the group's choice in a scale-in; who names it may still terminate it. */
export function setProtection(group: Group, instanceIds: readonly string[], isProtected: boolean): Group | Refusal {
  const wrong = instanceIds.find((asked) => {
    const found = group.instances.find(({ id }) => id === asked);
    return !found || (found.state !== "in-service" && !isStandby(found));
  });
  if (wrong !== undefined)
    return refuse(
      "ValidationError",
      `The instance ${wrong} is not in InService or EnteringStandby or Standby in Auto Scaling group ${group.name}.`,
    );
  let next = group;
  for (const id of instanceIds) next = withInstance(next, id, (instance) => ({ ...instance, isProtected }));
  return next;
}

function outOfBounds(bounds: { readonly min: number; readonly max: number }, desired: number): string | undefined {
  if (!Number.isInteger(desired)) return `DesiredCapacity must be a whole number, got ${desired}`;
  if (desired > bounds.max)
    return `New SetDesiredCapacity value ${desired} is above max value ${bounds.max} for the AutoScalingGroup.`;
  if (desired < bounds.min)
    return `New SetDesiredCapacity value ${desired} is below min value ${bounds.min} for the AutoScalingGroup.`;
  return undefined;
}

/**
 * TerminateInstanceInAutoScalingGroup: with `decrement` the desired capacity shrinks, without it a replacement is launched unless the
 * instance was in Standby.
 */
export function terminateInstance(
  group: Group,
  request: { readonly instanceId: string; readonly decrement: boolean },
  moment: Moment,
): (Outcome & { readonly activityId: string }) | Refusal {
  const victim = group.instances.find((each) => each.id === request.instanceId);
  if (!victim)
    return refuse(
      "ValidationError",
      `Instance Id not found - No managed instance found for instance ID: ${request.instanceId}`,
    );
  if (isLeaving(victim) || victim.state === "entering-standby")
    return refuse(
      "ScalingActivityInProgress",
      `Activity ${victim.activityId ?? ""} is in progress for instance ${victim.id}.`,
    );
  if (victim.state === "in-service" && isSuspended(group, "Terminate") && group.terminateWhileSuspended === "refused")
    return refuse(
      "ValidationError",
      `Couldn't terminate instance ${victim.id} of Auto Scaling group ${group.name} as Terminate process is suspended`,
    );
  if (request.decrement && isStandby(victim))
    return refuse(
      "ValidationError",
      `The instance ${victim.id} is in Standby and does not count towards the desired capacity: set shouldDecrementDesiredCapacity to false.`,
    );
  if (request.decrement && group.desired - 1 < group.min)
    return refuse(
      "ValidationError",
      `Currently, desiredSize equals minSize (${group.min}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
    );
  const from = activeInstances(group).length;
  const shrinking = request.decrement ? `, shrinking the capacity from ${from} to ${from - 1}` : "";
  const cause = `At ${causeTime(moment.atMs)} instance ${victim.id} was taken out of service in response to a user request${shrinking}.`;
  const marked = terminateOne(group, victim, moment, cause);
  const activityId = marked.activities[0]?.id ?? "";
  const { group: next, effects } = reconcile(
    { ...marked, desired: group.desired - (request.decrement ? 1 : 0) },
    moment,
  );
  return { group: next, effects: [{ kind: "terminate", instanceId: victim.id }, ...effects], activityId };
}
