import type { Reason } from "../decision/decision.ts";
import { frozen, suspendedProcesses, tooFewServe } from "../group/freeze.ts";
import { launchWait } from "../group/launches.ts";
import { isInterrupted, isNearlyGone, type Taken } from "../group/taken.ts";
import { pauseReason } from "../limits/limit.ts";
import { clamp } from "../numbers/bounds.ts";
import type { Rule } from "../rules/rule.ts";
import { grow } from "./moves.ts";
import type { WorkersSituation } from "./workers-situation.ts";

export const replacesTaken: Rule<WorkersSituation> = {
  name: "replacesTaken",
  says: "AWS takes a Spot worker away: launch what takes its place first, within the maximum, unless a pause or a failed launch stands against it.",
  decide: (situation) => {
    const { asked, capacity, group, limits, max, min, taken, wanted } = situation;
    const serving = clamp(wanted, min, Math.max(min, asked.most));
    if (taken.length === 0 || serving <= capacity) return undefined;
    if (suspendedProcesses(group).length > 0 || launchWait(situation, group)) return undefined;
    if (pauseReason(limits, "all") || pauseReason(limits, "out")) return undefined;
    return grow(situation, Math.min(serving, max), { code: "taken-replaced", numbers: numbersOf(taken) });
  },
};

export const drainsTaken: Rule<WorkersSituation> = {
  name: "drainsTaken",
  says: "AWS takes a Spot worker away: drain it once the others are enough. One that is interrupted drains at the latest 45 s before it is gone, also during a pause.",
  decide: (situation) => {
    const { observation, taken, window } = situation;
    const worker =
      taken.find((each) => isNearlyGone(each, observation.atMs)) ??
      (othersAreEnough(situation) ? taken.find((each) => isInterrupted(each) || mayRest(situation)) : undefined);
    if (worker === undefined) return undefined;
    const { capacity } = situation;
    const reason: Reason = { code: "taken-drains", numbers: numbersOf([worker], observation.atMs) };
    return {
      // It is no capacity any more: as many serve as before.
      decision: { kind: "drain-worker", worker: worker.id, from: capacity + 1, to: capacity, reason },
      window: window.memory,
      drain: { worker: worker.id, started: true },
    };
  },
};

/** Whether those that AWS leaves are known to be enough for a load that is known. */
function othersAreEnough({ askedNeed, breakerOpen, need, there }: WorkersSituation): boolean {
  return need.workers !== undefined && !breakerOpen && tooFewServe(there.proven, askedNeed) === undefined;
}

/** Whether one that is only likely to be interrupted may go now, as one that is scaled in: alone, and in peace. */
function mayRest({ draining, group, limits, there }: WorkersSituation): boolean {
  if (pauseReason(limits, "all") || pauseReason(limits, "in") || frozen(group)) return false;
  return draining.length === 0 && there.leaving === 0;
}

function numbersOf(taken: readonly Taken[], nowMs?: number): Reason["numbers"] {
  const goneAtMs = taken[0]?.notice.goneAtMs;
  return {
    worker: taken.map(({ id }) => id).join(", "),
    notice: taken.some(isInterrupted) ? "interruption" : "rebalance",
    ...(nowMs !== undefined &&
      goneAtMs !== undefined && { secondsLeft: Math.max(0, Math.round((goneAtMs - nowMs) / 1000)) }),
  };
}
