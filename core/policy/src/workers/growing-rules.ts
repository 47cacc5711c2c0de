import type { Reason, ReasonCode } from "../decision/decision.ts";
import { tooFewServe } from "../group/freeze.ts";
import { giveUpLaunches, launchWait } from "../group/launches.ts";
import { leastReason } from "../limits/limit.ts";
import { clamp } from "../numbers/bounds.ts";
import { hold } from "../rules/hold.ts";
import type { Rule } from "../rules/rule.ts";
import { comeBack, grow } from "./moves.ts";
import type { WorkersSituation } from "./workers-situation.ts";

export const belowMin: Rule<WorkersSituation> = {
  name: "belowMin",
  says: "Fewer than the minimum: scale out to what is needed, whatever failed before.",
  decide: (situation) => {
    const { capacity, min, max, needed } = situation;
    if (capacity >= min) return undefined;
    return grow(situation, clamp(needed, min, max), { code: "below-min", numbers: { current: capacity, min } });
  },
};

export const giveUpLaunching: Rule<WorkersSituation> = {
  name: "giveUpLaunching",
  says: "Too many launches in a row have failed: lower the desired capacity to what exists.",
  decide: (situation) => {
    const { current, group, there, min, out, window } = situation;
    const givenUp = giveUpLaunches(situation, group, there, min + out);
    return givenUp && { decision: { from: current, ...givenUp }, window: window.memory };
  },
};

/** By the need that binds. */
const NEEDS_MORE: Readonly<Record<string, ReasonCode>> = {
  cpu: "cpu-needs-more",
  "replica-cpu": "replica-cpu-needs-more",
  signal: "signal-needs-more",
  "cpu-limit": "capacity-too-high",
  trend: "trend-needs-more",
  burst: "burst-needs-more",
  season: "season-needs-more",
};

export const growsNow: Rule<WorkersSituation> = {
  name: "growsNow",
  says: "More is wanted than there is: scale out at once, unless a launch has just failed.",
  decide: (situation) => {
    const { capacity, group, need, needed, numbers, observation, asked, pinned, returning, unlimited, wanted } =
      situation;
    if (wanted <= capacity) return undefined;
    const wait = returning ? undefined : launchWait(situation, group);
    if (wait) return hold(situation, wait);
    const isBlind = need.workers === undefined && !observation.metricsReadable;
    const stepped: Reason = {
      code: isBlind ? "blind-step-up" : "test-step",
      numbers: { step: wanted, ...numbers },
    };
    const loaded: Reason = { code: NEEDS_MORE[need.boundBy] ?? "load-needs-more", numbers };
    const limited = pinned ?? (wanted > unlimited ? leastReason(asked, needed) : undefined);
    return grow(situation, wanted, limited ?? (needed > capacity ? loaded : stepped));
  },
};

/** What was asked for is no help to a load that is there. */
export const comesBack: Rule<WorkersSituation> = {
  name: "comesBack",
  says: "Too few serve, and a worker that drains is alive: cancel its drain.",
  decide: (situation) => {
    const { min, returning, there, wanted } = situation;
    const tooFew = tooFewServe(there.hopeful, Math.max(wanted, min));
    return returning && tooFew && comeBack(situation, returning.id, there.hopeful.length, tooFew);
  },
};
