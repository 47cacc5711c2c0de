import { causeTime } from "./activity.ts";
import {
  type Group,
  type GroupInstance,
  isLeaving,
  type Moment,
  type Outcome,
  type Refusal,
  refuse,
  withInstance,
} from "./group.ts";
import type { LifecycleHook, LifecycleResult, LifecycleWait } from "./lifecycle-hook.ts";
import { reconcile, terminateOne } from "./reconcile.ts";

/** Which action of which instance a caller means. */
export interface LifecycleRequest {
  readonly hook: string;
  readonly instanceId?: string | undefined;
  readonly token?: string | undefined;
}

/** How a wait ended, and what AWS says of it where it was abandoned. */
interface Answer {
  readonly result: LifecycleResult;
  readonly words: string;
}

const COMPLETED = "Lifecycle Action Completed with ABANDON Result";
const TIMED_OUT = "Heartbeat Timeout";

/** PutLifecycleHook: adds a hook or changes it. Instances that wait already are not affected. */
export function putLifecycleHook(group: Group, hook: LifecycleHook): Group {
  return { ...group, hooks: [...group.hooks.filter((each) => each.name !== hook.name), hook] };
}

/** CompleteLifecycleAction: the instance goes on once nobody else has to answer; ABANDON ends all its waits at once. */
export function completeLifecycleAction(
  group: Group,
  request: LifecycleRequest & { readonly result: LifecycleResult },
  moment: Moment,
): Outcome | Refusal {
  const found = findWait(group, request);
  if ("refused" in found) return found;
  return answer(group, found.instance, found.wait, { result: request.result, words: COMPLETED }, moment);
}

/** RecordLifecycleActionHeartbeat: the wait's time begins anew, within its longest. */
export function recordHeartbeat(group: Group, request: LifecycleRequest, atMs: number): Group | Refusal {
  const found = findWait(group, request);
  if ("refused" in found) return found;
  const seconds = group.hooks.find((hook) => hook.name === found.wait.hook)?.heartbeatSeconds ?? 0;
  const deadlineMs = Math.min(found.wait.lastDeadlineMs, atMs + seconds * 1000);
  return withInstance(group, found.instance.id, (instance) => ({
    ...instance,
    waits: (instance.waits ?? []).map((wait) => (wait.token === found.wait.token ? { ...wait, deadlineMs } : wait)),
  }));
}

/** Answers every wait whose time is over with its hook's default result. */
export function expireLifecycleActions(group: Group, moment: Moment): Outcome {
  let outcome: Outcome = { group, effects: [] };
  for (const instance of group.instances)
    for (const wait of instance.waits ?? []) {
      const now = outcome.group.instances.find((each) => each.id === instance.id);
      if (wait.deadlineMs > moment.atMs || !now?.waits?.some((each) => each.token === wait.token)) continue;
      const result = group.hooks.find((hook) => hook.name === wait.hook)?.defaultResult ?? "ABANDON";
      const { group: next, effects } = answer(outcome.group, now, wait, { result, words: TIMED_OUT }, moment);
      outcome = { group: next, effects: [...outcome.effects, ...effects] };
    }
  return outcome;
}

function findWait(group: Group, request: LifecycleRequest): { instance: GroupInstance; wait: LifecycleWait } | Refusal {
  if (!group.hooks.some((hook) => hook.name === request.hook))
    return refuse("ValidationError", `No Lifecycle Hook found with name ${request.hook} for the group ${group.name}`);
  for (const instance of group.instances)
    for (const wait of instance.waits ?? []) {
      const meant = request.token === undefined ? instance.id === request.instanceId : wait.token === request.token;
      if (meant && wait.hook === request.hook) return { instance, wait };
    }
  const asked = request.token === undefined ? `instance ID ${request.instanceId ?? ""}` : `token ${request.token}`;
  return refuse("ValidationError", `No active Lifecycle Action found with ${asked}`);
}

function answer(
  group: Group,
  instance: GroupInstance,
  wait: LifecycleWait,
  { result, words }: Answer,
  moment: Moment,
): Outcome {
  const left = result === "ABANDON" ? [] : (instance.waits ?? []).filter((each) => each.token !== wait.token);
  if (left.length > 0)
    return { group: withInstance(group, instance.id, (each) => ({ ...each, waits: left })), effects: [] };
  if (isLeaving(instance))
    return {
      group: withInstance(group, instance.id, ({ waits: _over, ...rest }) => ({
        ...rest,
        state: "terminating-proceed",
      })),
      effects: [],
    };
  if (result === "CONTINUE")
    return {
      group: withInstance(group, instance.id, ({ waits: _over, ...rest }) => ({ ...rest, state: "pending-proceed" })),
      effects: [],
    };
  const cause = `At ${causeTime(moment.atMs)} an instance was taken out of service in response to its lifecycle action being abandoned.`;
  const reason = `Instance failed to complete user's Lifecycle Action: Lifecycle Action with token ${wait.token} was abandoned: ${words}`;
  const { group: next, effects } = reconcile(terminateOne(group, instance, moment, cause, reason), moment);
  return { group: next, effects: [{ kind: "terminate", instanceId: instance.id }, ...effects] };
}
