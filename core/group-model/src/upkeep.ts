import {
  activeInstances,
  type Group,
  isStandby,
  isSuspended,
  type Moment,
  type Outcome,
  type ScalingProcess,
} from "./group.ts";
import { replaceUnhealthy } from "./health.ts";
import { expireLifecycleActions } from "./lifecycle.ts";
import { launchInto, reconcile } from "./reconcile.ts";
import { advanceRefresh } from "./refresh.ts";

/** SuspendProcesses; those that are suspended already stay so. */
export function suspendProcesses(group: Group, processes: readonly ScalingProcess[]): Group {
  return { ...group, suspended: [...new Set([...group.suspended, ...processes])] };
}

/** ResumeProcesses: the group makes up for what it left undone. */
export function resumeProcesses(group: Group, processes: readonly ScalingProcess[], moment: Moment): Outcome {
  const resumed = { ...group, suspended: group.suspended.filter((each) => !processes.includes(each)) };
  const first = reconcile(resumed, moment);
  const second = replaceUnhealthy(first.group, moment);
  return { group: second.group, effects: [...first.effects, ...second.effects] };
}

/** What the group does by itself as time goes by. To be called about every second. */
export function upkeep(group: Group, moment: Moment): Outcome {
  let outcome: Outcome = { group, effects: [] };
  for (const work of [expireLifecycleActions, replaceUnhealthy, advanceRefresh, rebalance]) {
    const { group: next, effects } = work(outcome.group, moment);
    outcome = { group: next, effects: [...outcome.effects, ...effects] };
  }
  return outcome;
}

/** AZRebalance: launches in the emptiest zone first, then takes one of the fullest, when zones differ by two or more. */
function rebalance(group: Group, moment: Moment): Outcome {
  if (
    isSuspended(group, "AZRebalance") ||
    group.instances.some((each) => each.state !== "in-service" && !isStandby(each))
  )
    return { group, effects: [] };
  const active = activeInstances(group);
  if (active.length > group.desired) return reconcile(group, moment);
  const counts = group.zones.map((zone) => active.filter((each) => each.zone === zone).length);
  if (active.length < group.desired || Math.max(...counts) - Math.min(...counts) < 2 || isSuspended(group, "Launch"))
    return { group, effects: [] };
  return launchInto(group, moment, "an instance was launched to aid in balancing the group's zones");
}
