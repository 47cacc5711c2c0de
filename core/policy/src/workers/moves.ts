import type { Reason } from "../decision/decision.ts";
import { frozen, tooFewServe } from "../group/freeze.ts";
import { launchWait, withoutUnfilled } from "../group/launches.ts";
import { pickVictim } from "../group/victim.ts";
import { pauseReason } from "../limits/limit.ts";
import { hold } from "../rules/hold.ts";
import type { Verdict } from "../situation/situation.ts";
import type { WorkersSituation } from "./workers-situation.ts";

// What can be said about the worker group. Each move asks its own conditions, so that no rule can forget them.

/** Another desired capacity. */
export function setCapacity({ current, window }: WorkersSituation, to: number, reason: Reason): Verdict {
  return { decision: { kind: "set-capacity", from: current, to, reason }, window: window.memory };
}

/** A worker that drains serves again: then one more than `from` do. */
export function comeBack({ window }: WorkersSituation, worker: string, from: number, reason: Reason): Verdict {
  return {
    decision: { kind: "cancel-drain", worker, from, to: from + 1, reason },
    window: window.memory,
    drain: { worker, started: false },
  };
}

/** Up to `serving` workers that stay: whoever drains comes back first. Undefined when as many are asked for already. */
export function grow(situation: WorkersSituation, serving: number, reason: Reason): Verdict | undefined {
  const { returning, capacity, out, max, current } = situation;
  if (returning) return comeBack(situation, returning.id, capacity, reason);
  const to = Math.min(serving + out, Math.max(max, serving));
  if (to <= current) return undefined;
  const paused = pauseReason(situation.limits, "out");
  return paused ? hold(situation, paused) : setCapacity(situation, to, reason);
}

/** One more beside `idle` workers that nobody may end now, where the load needs what they do not serve. */
export function growBeside(
  situation: WorkersSituation,
  idle: { readonly count: number; readonly worker: string; readonly seconds: number },
): Verdict | undefined {
  const { group, wanted, capacity, max } = situation;
  const { worker, seconds } = idle;
  if (group.busyWith === undefined || wanted <= capacity - idle.count || launchWait(situation, group)) return undefined;
  const reason: Reason = { code: "unhealthy-busy", numbers: { worker, seconds, busyWith: group.busyWith } };
  return grow(situation, Math.min(wanted + idle.count, max), reason);
}

/** Ends a worker that serves nobody; `despiteBusy` when what keeps the group busy has been waited for long enough. */
export function end(
  situation: WorkersSituation,
  kind: "terminate-worker" | "replace-worker",
  worker: string,
  reason: Reason,
  despiteBusy = false,
): Verdict {
  const { current, group, there, window } = situation;
  const paused = kind === "terminate-worker" ? pauseReason(situation.limits, "in") : undefined;
  const notNow = paused ?? frozen(group, despiteBusy);
  if (notNow) return hold(situation, notNow);
  if (there.leaving > 0) return hold(situation, leaving(situation, reason));
  const to = kind === "terminate-worker" ? current - 1 : current;
  return { decision: { kind, worker, from: current, to, reason }, window: window.memory };
}

/** Ends a worker that has drained and that AWS is about to take. Nothing but the group itself stands against it. */
export function endTaken(situation: WorkersSituation, worker: string, reason: Reason): Verdict {
  const { current, group, limits, min, window } = situation;
  const paused = pauseReason(limits, "in");
  if (paused) return hold(situation, paused);
  const suspended = frozen(group, true);
  if (suspended) return hold(situation, suspended);
  const kind = current > min ? "terminate-worker" : "replace-worker";
  const to = kind === "terminate-worker" ? current - 1 : current;
  return { decision: { kind, worker, from: current, to, reason }, window: window.memory };
}

/** Down to `to`: what does not exist at once, workers one at a time by draining, and none while no more than `atLeast` serve. */
export function shrink(
  situation: WorkersSituation,
  to: number,
  reason: Reason,
  atLeast = situation.askedNeed,
): Verdict {
  const { current, group, there, window } = situation;
  const paused = pauseReason(situation.limits, "in");
  if (paused) return hold(situation, paused);
  const [worker] = situation.taken;
  if (worker) return hold(situation, { code: "taken-first", numbers: { worker: worker.id } });
  const unfilled = withoutUnfilled(situation, there, to);
  if (unfilled === "wait") return hold(situation, booting(reason, there.unfilled));
  if (unfilled !== undefined) return setCapacity(situation, unfilled, reason);
  if (there.booting > 0) return hold(situation, booting(reason, there.booting));
  if (there.leaving > 0) return hold(situation, leaving(situation, reason));
  const freeze = frozen(group);
  if (freeze) return hold(situation, freeze);
  const victim = pickVictim(situation.serving);
  if (!victim) return hold(situation, { code: "no-data", numbers: { problem: "no worker in service to choose from" } });
  const others = there.proven.filter(({ id }) => id !== victim.id);
  const tooFew = tooFewServe(others, atLeast);
  if (tooFew) return hold(situation, tooFew);
  return {
    decision: { kind: "drain-worker", worker: victim.id, from: current, to: current - 1, reason },
    window: window.memory,
    drain: { worker: victim.id, started: true },
  };
}

function booting(reason: Reason, count: number): Reason {
  return { code: "worker-booting", numbers: { ...reason.numbers, booting: count } };
}

function leaving({ there }: WorkersSituation, reason: Reason): Reason {
  return { code: "worker-leaving", numbers: { ...reason.numbers, leaving: there.leaving } };
}
