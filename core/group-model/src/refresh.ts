import { causeTime } from "./activity.ts";
import {
  activeInstances,
  type Group,
  isStandby,
  isSuspended,
  type Moment,
  type Outcome,
  type Refusal,
  refuse,
} from "./group.ts";
import type { InstanceRefresh } from "./instance-refresh.ts";
import { reconcile, terminateOne } from "./reconcile.ts";

/** The refresh that has not ended. */
function activeRefresh(group: Group): InstanceRefresh | undefined {
  return group.refreshes.find((each) => each.endedAtMs === undefined);
}

/** StartInstanceRefresh; one at a time. `advanceRefresh` carries it on. */
export function startRefresh(group: Group, moment: Moment): { group: Group; refreshId: string } | Refusal {
  if (activeRefresh(group))
    return refuse(
      "InstanceRefreshInProgress",
      `An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.`,
    );
  const remaining = activeInstances(group).map((each) => each.id);
  const refresh: InstanceRefresh = {
    id: moment.newId("activity"),
    status: "InProgress",
    startedAtMs: moment.atMs,
    total: remaining.length,
    remaining,
  };
  return { group: { ...group, refreshes: [refresh, ...group.refreshes] }, refreshId: refresh.id };
}

/** CancelInstanceRefresh: what is being replaced is finished, nothing new is begun. */
export function cancelRefresh(group: Group): { group: Group; refreshId: string } | Refusal {
  const active = activeRefresh(group);
  if (!active)
    return refuse(
      "ActiveInstanceRefreshNotFound",
      `No in progress or pending Instance Refresh found for Auto Scaling group ${group.name}`,
    );
  return { group: change(group, { ...active, status: "Cancelling" }), refreshId: active.id };
}

/** Replaces the next instance once all of the group are in service again; ends the refresh when none is left. */
export function advanceRefresh(group: Group, moment: Moment): Outcome {
  const active = activeRefresh(group);
  const taking = group.instances.filter((each) => !isStandby(each));
  const settled = taking.every((each) => each.state === "in-service") && taking.length === group.desired;
  if (!active || !settled || isSuspended(group, "InstanceRefresh")) return { group, effects: [] };
  const left = active.remaining.filter((id) => group.instances.some((each) => each.id === id));
  if (active.status === "Cancelling" || left.length === 0) {
    const status = active.status === "Cancelling" ? "Cancelled" : "Successful";
    return { group: change(group, { ...active, status, remaining: left, endedAtMs: moment.atMs }), effects: [] };
  }
  const next = group.instances.find((each) => each.id === left[0]);
  if (!next) return { group, effects: [] };
  const cause = `At ${causeTime(moment.atMs)} an instance was taken out of service in response to an instance refresh.`;
  const marked = terminateOne(change(group, { ...active, remaining: left.slice(1) }), next, moment, cause);
  const { group: filled, effects } = reconcile(marked, moment);
  return { group: filled, effects: [{ kind: "terminate", instanceId: next.id }, ...effects] };
}

function change(group: Group, refresh: InstanceRefresh): Group {
  return { ...group, refreshes: group.refreshes.map((each) => (each.id === refresh.id ? refresh : each)) };
}
