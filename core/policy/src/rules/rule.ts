import type { Verdict } from "../situation/situation.ts";

/** A rule for people. */
export interface Spoken {
  readonly name: string;
  /** When it speaks and what it says, as docs/policy.md prints it. */
  readonly says: string;
}

/** One line of the policy: it speaks about a target, or leaves it to the rules after it. */
export interface Rule<S> extends Spoken {
  readonly decide: (situation: S) => Verdict | undefined;
}

/** The rule that stands last always has something to say. */
export interface LastRule<S> extends Rule<S> {
  readonly decide: (situation: S) => Verdict;
}

/** Rules in the order in which they are asked. */
export interface RuleList<S> {
  readonly rules: readonly Rule<S>[];
  readonly last: LastRule<S>;
}

/** The first rule that speaks decides. */
export function firstThatSpeaks<S>({ rules, last }: RuleList<S>, situation: S): Verdict {
  for (const rule of rules) {
    const verdict = rule.decide(situation);
    if (verdict) return verdict;
  }
  return last.decide(situation);
}
