import { drainProgress } from "../group/drain.ts";
import { tooFewServe } from "../group/freeze.ts";
import { awsSays } from "../group/launches.ts";
import { isInterrupted } from "../group/taken.ts";
import { waitsOf } from "../ladder/ladder.ts";
import { leastReason, mostReason } from "../limits/limit.ts";
import { clamp } from "../numbers/bounds.ts";
import { hold } from "../rules/hold.ts";
import type { LastRule, Rule } from "../rules/rule.ts";
import { waitSecondsAt } from "../wait/learned-wait.ts";
import { end, endTaken, shrink } from "./moves.ts";
import type { WorkersSituation } from "./workers-situation.ts";

export const endDrained: Rule<WorkersSituation> = {
  name: "endDrained",
  says: "A worker drains: end it once it is quiet, dead or past its deadline, if the others are enough.",
  decide: (situation) => {
    const { askedNeed, current, draining, min, there } = situation;
    const progress = draining.map((worker) => ({ worker, ...drainProgress(situation, worker) }));
    const [first] = progress;
    if (!first) return undefined;
    const { mayTerminate, reason, worker } = progress.find((each) => each.mayTerminate) ?? first;
    if (!mayTerminate) return hold(situation, reason);
    // AWS takes it whatever is decided: the sooner it is ended, the sooner another one may be launched.
    if (isInterrupted(worker)) return endTaken(situation, worker.id, reason);
    const tooFew = tooFewServe(there.proven, askedNeed);
    if (tooFew && reason.code !== "drain-dead") return hold(situation, tooFew);
    // One that died while it drained, and would leave fewer than the minimum, is replaced.
    return end(situation, current > min ? "terminate-worker" : "replace-worker", worker.id, reason);
  },
};

export const aboveMax: Rule<WorkersSituation> = {
  name: "aboveMax",
  says: "More than the maximum: scale in to it.",
  decide: (situation) => {
    const { current, floorNeed, max } = situation;
    return current > max
      ? shrink(situation, max, { code: "above-max", numbers: { current, max } }, floorNeed)
      : undefined;
  },
};

export const limited: Rule<WorkersSituation> = {
  name: "limited",
  says: "An operator, a schedule or the budget limits the number: scale in to the most, or stay where it holds.",
  decide: (situation) => {
    const { asked, current, needed, pinned, unlimited } = situation;
    const { least, most } = asked;
    if (pinned) return most < current ? shrink(situation, most, pinned, most) : hold(situation, pinned);
    const atMost = mostReason(asked, needed);
    if (atMost && current > most) return shrink(situation, most, atMost);
    if (atMost && unlimited > most) return hold(situation, atMost);
    const atLeast = leastReason(asked, needed);
    return atLeast && unlimited < least && current <= least ? hold(situation, atLeast) : undefined;
  },
};

export const stepped: Rule<WorkersSituation> = {
  name: "stepped",
  says: "A signal holds the step it took: stay at or above its floor, and scale in to its ceiling where the load allows.",
  decide: (situation) => {
    const { asked, ceiling, current, floor, needed, numbers } = situation;
    if (floor !== undefined) return hold(situation, { code: "test-step", numbers: { step: floor, ...numbers } });
    if (ceiling === undefined || ceiling >= current) return undefined;
    const step = { step: ceiling, ...numbers };
    return ceiling >= needed
      ? shrink(situation, Math.max(ceiling, asked.least), { code: "test-step", numbers: step })
      : hold(situation, { code: "test-refused", numbers: step });
  },
};

export const excessWaits: Rule<WorkersSituation> = {
  name: "excessWaits",
  says: "A little more is needed than there is, and not for long enough yet: stay.",
  decide: (situation) =>
    situation.isExcessSmall ? hold(situation, { code: "excess-small", numbers: situation.numbers }) : undefined,
};

export const steady: Rule<WorkersSituation> = {
  name: "steady",
  says: "As many as are needed: stay, and say what AWS says of any that are missing.",
  decide: (situation) => {
    const { current, group, max, needed, numbers, there } = situation;
    if (needed !== current) return undefined;
    if (there.unfilled === 0) return hold(situation, { code: needed === max ? "at-max" : "steady", numbers });
    const unfilled = { desired: current, exists: there.exists, awsSays: awsSays(group) };
    return hold(situation, { code: "unfilled", numbers: unfilled });
  },
};

export const windowHolds: Rule<WorkersSituation> = {
  name: "windowHolds",
  says: "The scale-in window has not been watched in full, or remembers a larger need: stay.",
  decide: (situation) => {
    const { current, keep, kept, need, numbers, window } = situation;
    const waitMs = window.waitMs(current - 1);
    if (waitMs <= 0) return undefined;
    const isKept = keep >= current;
    if (need.problem && isKept) return hold(situation, { code: "no-data", numbers: { problem: need.problem } });
    if (kept) {
      const { by, falls, returns, secondsLeft, waitSeconds } = kept;
      const code = isKept ? (by === "season" ? "season-holds" : "within-tolerance") : "wait-holds";
      return hold(situation, { code, numbers: { ...numbers, current, waitSeconds, returns, falls, secondsLeft } });
    }
    return hold(situation, {
      code: isKept ? "within-tolerance" : "window-holds",
      numbers: { ...numbers, largestNeeded: window.largest, secondsLeft: Math.ceil(waitMs / 1000) },
    });
  },
};

export const shrinks: LastRule<WorkersSituation> = {
  name: "shrinks",
  says: "Fewer are needed: scale in to the largest need of the window. First what does not exist, then one worker at a time.",
  decide: (situation) => {
    const { asked, config, current, memory, numbers, window } = situation;
    const waitSeconds = memory.foresight?.now && waitSecondsAt(waitsOf(memory.foresight.ladder), current);
    const windowSeconds = waitSeconds ?? config.scaling.workers.scaleInWindowSeconds;
    return shrink(situation, clamp(window.largest, asked.least, asked.most), {
      code: "load-needs-fewer",
      numbers: { ...numbers, largestNeeded: window.largest, windowSeconds },
    });
  },
};
