import { paused } from "../rules/paused.ts";
import { firstThatSpeaks, type RuleList, type Spoken } from "../rules/rule.ts";
import { breaker, noData } from "../rules/stale-data.ts";
import type { Situation, Verdict } from "../situation/situation.ts";
import { belowMin, comesBack, giveUpLaunching, growsNow } from "./growing-rules.ts";
import { drainsTaken, replacesTaken } from "./notice-rules.ts";
import { giveUpNeverServed, replaceDead } from "./replacing-rules.ts";
import {
  aboveMax,
  endDrained,
  excessWaits,
  limited,
  shrinks,
  steady,
  stepped,
  windowHolds,
} from "./shrinking-rules.ts";
import { inFlight, unreadable } from "./standing-rules.ts";
import { type WorkersSituation, workersSituation } from "./workers-situation.ts";

/** The policy of the worker group, once it can be read. The order is the policy: the first rule that speaks decides. */
export const workerRules: RuleList<WorkersSituation> = {
  rules: [
    inFlight,
    replacesTaken,
    drainsTaken,
    paused,
    belowMin,
    giveUpLaunching,
    growsNow,
    comesBack,
    replaceDead,
    giveUpNeverServed,
    noData,
    breaker,
    endDrained,
    aboveMax,
    limited,
    stepped,
    excessWaits,
    steady,
    windowHolds,
  ],
  last: shrinks,
};

/** What happens to the desired capacity of the worker group in this tick. */
export function decideWorkers(situation: Situation): Verdict {
  const { group } = situation.observation;
  return group.ok ? firstThatSpeaks(workerRules, workersSituation(situation, group.value)) : unreadable.decide(group);
}

/** Every rule of the worker group in its order, for people. */
export const workerPolicy: readonly Spoken[] = [unreadable, ...workerRules.rules, workerRules.last];
