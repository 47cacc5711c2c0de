import { causeTime } from "./activity.ts";
import {
  activeInstances,
  type Effect,
  type Group,
  isLeaving,
  isSuspended,
  type Moment,
  type Outcome,
  type Refusal,
  refuse,
  withInstance,
} from "./group.ts";
import { reconcile, terminateOne } from "./reconcile.ts";

/** SetInstanceHealth, or what a health check found. The group replaces an unhealthy one at its next look. */
export function setInstanceHealth(group: Group, instanceId: string, healthy: boolean): Group | Refusal {
  const instance = group.instances.find((each) => each.id === instanceId);
  if (!instance) return refuse("ValidationError", `Instance not found - ${instanceId} is in no Auto Scaling group`);
  if (isLeaving(instance)) return group;
  return withInstance(group, instanceId, ({ unhealthy: _before, ...rest }) =>
    healthy ? rest : { ...rest, unhealthy: true },
  );
}

/** EC2's status checks say that the machine is dead. Nobody hears it while HealthCheck is suspended. */
export function instanceLost(group: Group, instanceId: string, moment: Moment): Outcome {
  if (isSuspended(group, "HealthCheck")) return { group, effects: [] };
  const marked = setInstanceHealth(group, instanceId, false);
  return "refused" in marked ? { group, effects: [] } : replaceUnhealthy(marked, moment);
}

/** Takes out unhealthy instances and launches replacements, unless one of the processes that this needs is suspended. */
export function replaceUnhealthy(group: Group, moment: Moment): Outcome {
  if (isSuspended(group, "ReplaceUnhealthy") || isSuspended(group, "Terminate")) return { group, effects: [] };
  const dead = activeInstances(group).filter((each) => each.unhealthy);
  if (dead.length === 0) return { group, effects: [] };
  const cause = `At ${causeTime(moment.atMs)} an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.`;
  let next = group;
  const terminations: Effect[] = [];
  for (const instance of dead) {
    next = terminateOne(next, instance, moment, cause);
    terminations.push({ kind: "terminate", instanceId: instance.id });
  }
  const { group: filled, effects } = reconcile(next, moment);
  return { group: filled, effects: [...terminations, ...effects] };
}
