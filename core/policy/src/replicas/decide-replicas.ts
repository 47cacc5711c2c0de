import { paused } from "../rules/paused.ts";
import { firstThatSpeaks, type Rule, type RuleList, type Spoken } from "../rules/rule.ts";
import { breaker, noData, unreadInPart } from "../rules/stale-data.ts";
import type { Situation, Verdict } from "../situation/situation.ts";
import { blind } from "./blind-rule.ts";
import {
  adopts,
  atLimit,
  growsNow,
  type LoadedReplicas,
  repairs,
  shrinks,
  steady,
  stepped,
  windowHolds,
} from "./load-rules.ts";
import { type ReplicasSituation, replicasSituation } from "./replicas-situation.ts";
import type { ReplicasTarget } from "./replicas-target.ts";
import { aboveMax, belowMin, inFlight, type KnownReplicas, limited, unknown } from "./standing-rules.ts";

/** The policy of one service on one worker. The order is the policy: the first rule that speaks decides. */
export const replicasRules: RuleList<ReplicasSituation> = {
  rules: [
    inFlight,
    paused,
    unknown,
    ...whenKnown(limited, belowMin, aboveMax, blind),
    noData,
    ...whenLoaded(growsNow, repairs, adopts, stepped, atLimit, steady),
    breaker,
    unreadInPart,
    ...whenLoaded(windowHolds),
  ],
  last: shrinks,
};

/** Every rule of the replicas in its order, for people. */
export const replicasPolicy: readonly Spoken[] = [...replicasRules.rules, replicasRules.last];

/** How many replicas of a service run on a worker from this tick on. */
export function decideReplicas(situation: Situation, target: ReplicasTarget): Verdict {
  return firstThatSpeaks(replicasRules, replicasSituation(situation, target));
}

function whenKnown(...rules: readonly Rule<KnownReplicas>[]): readonly Rule<ReplicasSituation>[] {
  return rules.map((rule) => ({
    ...rule,
    decide: (situation) => (isKnown(situation) ? rule.decide(situation) : undefined),
  }));
}

function whenLoaded(...rules: readonly Rule<LoadedReplicas>[]): readonly Rule<ReplicasSituation>[] {
  return rules.map((rule) => ({
    ...rule,
    decide: (situation) => (isLoaded(situation) ? rule.decide(situation) : undefined),
  }));
}

function isKnown(situation: ReplicasSituation): situation is KnownReplicas {
  return situation.current !== undefined;
}

function isLoaded(situation: ReplicasSituation): situation is LoadedReplicas {
  return isKnown(situation) && situation.needed !== undefined;
}
