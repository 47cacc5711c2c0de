import { causeTime } from "./activity.ts";
import { activeInstances, type Group, type Moment, type Outcome, type Refusal } from "./group.ts";
import { reconcile, terminateOne } from "./reconcile.ts";

/** What a new group is made from; `zones` must not be empty. */
export interface GroupSpec {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly desired: number;
  readonly zones: readonly string[];
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
  const group: Group = { ...spec, instances: [], activities: [], createdAtMs: moment.atMs };
  return reconcile(
    group,
    moment,
    `At ${causeTime(moment.atMs)} a user request created an AutoScalingGroup changing the desired capacity from 0 to ${spec.desired}.  `,
  );
}

/** SetDesiredCapacity: refused outside the group's bounds; the group picks the victims of a scale-in itself. */
export function setDesired(group: Group, desired: number, moment: Moment): Outcome | Refusal {
  const problem = outOfBounds(group, desired);
  if (problem) return { refused: { code: "ValidationError", message: problem } };
  if (desired === group.desired) return { group, effects: [] };
  const cause = `At ${causeTime(moment.atMs)} a user request explicitly set group desired capacity changing the desired capacity from ${group.desired} to ${desired}.  `;
  return reconcile({ ...group, desired }, moment, cause);
}

function outOfBounds(bounds: { readonly min: number; readonly max: number }, desired: number): string | undefined {
  if (!Number.isInteger(desired)) return `DesiredCapacity must be a whole number, got ${desired}`;
  if (desired > bounds.max)
    return `New SetDesiredCapacity value ${desired} is above max value ${bounds.max} for the AutoScalingGroup.`;
  if (desired < bounds.min)
    return `New SetDesiredCapacity value ${desired} is below min value ${bounds.min} for the AutoScalingGroup.`;
  return undefined;
}

/** TerminateInstanceInAutoScalingGroup: with `decrement` the desired capacity shrinks, without it a replacement is launched. */
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
  if (victim.state === "terminating")
    return refuse(
      "ScalingActivityInProgress",
      `Activity ${victim.activityId ?? ""} is in progress for instance ${victim.id}.`,
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

function refuse(code: Refusal["refused"]["code"], message: string): Refusal {
  return { refused: { code, message } };
}
