import type { Decision } from "../decision/decision.ts";
import { askedBounds } from "../limits/limit.ts";
import { paused } from "../rules/paused.ts";
import { firstThatSpeaks, type Rule, type RuleList, type Spoken } from "../rules/rule.ts";
import { breaker, noData, unreadInPart } from "../rules/stale-data.ts";
import type { Memory, ReplicasMemory } from "../situation/memory.ts";
import type { Situation } from "../situation/situation.ts";
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
import { targetOn } from "./replicas-target.ts";
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

/** Adds how many replicas of each service run on each worker from this tick on to `decisions`; what to remember of them. */
export function decideAllReplicas(situation: Situation, decisions: Decision[]): Memory["replicas"] {
  const services = Object.entries(situation.config.services).map(([name, service]) => ({
    name,
    service,
    asked: askedBounds(situation.limits, name, service.replicas),
  }));
  const earlier = situation.memory.replicas;
  const memories: Readonly<Record<string, ReplicasMemory>>[] = [];
  let isSame = true;
  for (const worker of situation.serving) {
    const remembered = earlier[worker.id];
    const before = remembered ?? NOTHING;
    // Most remember what they did before. What does not change is not made anew: a large fleet would take longest for that.
    let after: Record<string, ReplicasMemory> | undefined;
    for (const { name, service, asked } of services) {
      const known = before[name];
      const target = targetOn(worker, name, service, known);
      const { commanded, decision, window } = firstThatSpeaks(
        replicasRules,
        replicasSituation(situation, target, asked),
      );
      decisions.push(decision);
      if (known !== undefined && known.window === window && known.commanded === commanded) continue;
      after ??= { ...before };
      after[name] = { window, commanded };
    }
    if (after !== undefined || remembered === undefined) isSame = false;
    memories.push(after ?? before);
  }
  if (isSame && Object.keys(earlier).length === memories.length) return earlier;
  return Object.fromEntries(situation.serving.map(({ id }, index) => [id, memories[index] ?? NOTHING]));
}

const NOTHING: Readonly<Record<string, ReplicasMemory>> = {};

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
