import { leastReason, mostReason, pinOf } from "../limits/limit.ts";
import { clamp } from "../numbers/bounds.ts";
import { hold } from "../rules/hold.ts";
import type { Rule } from "../rules/rule.ts";
import { scale } from "./moves.ts";
import type { ReplicasSituation } from "./replicas-situation.ts";

/** A target whose number is known. */
export type KnownReplicas = ReplicasSituation & { readonly current: number };

export const inFlight: Rule<ReplicasSituation> = {
  name: "inFlight",
  says: "An action on the service is under way: wait until it ends.",
  decide: (situation) =>
    situation.inFlight.size > 0 && situation.inFlight.has(situation.key)
      ? hold(situation, { code: "settling", numbers: { commanded: situation.commandedBefore?.value ?? 0 } })
      : undefined,
};

export const unknown: Rule<ReplicasSituation> = {
  name: "unknown",
  says: "Nobody knows how many run: hold.",
  decide: (situation) => {
    const { current, ready } = situation;
    if (current !== undefined) return undefined;
    return hold(situation, { code: "no-data", numbers: { problem: ready.ok ? "" : ready.problem } });
  },
};

export const limited: Rule<KnownReplicas> = {
  name: "limited",
  says: "An operator or a schedule limits the number, and it is outside: scale into the limit. A pin leaves no other.",
  decide: (situation) => {
    const { asked, current, needed } = situation;
    const { least, most } = asked;
    const to = clamp(current, least, most);
    const pin = pinOf(asked);
    if (pin) return to === current ? hold(situation, pin) : scale(situation, to, pin);
    if (to === current) return undefined;
    const reason = to > current ? leastReason(asked, needed ?? to) : mostReason(asked, needed ?? to);
    return reason && scale(situation, to > current ? clamp(needed ?? to, to, most) : to, reason);
  },
};

export const belowMin: Rule<KnownReplicas> = {
  name: "belowMin",
  says: "Fewer than the minimum: scale out to what is needed.",
  decide: (situation) => {
    const { current, max, min, needed } = situation;
    if (current >= min) return undefined;
    return scale(situation, clamp(needed ?? min, min, max), { code: "below-min", numbers: { current, min } });
  },
};

export const aboveMax: Rule<KnownReplicas> = {
  name: "aboveMax",
  says: "More than the maximum: scale in to it.",
  decide: (situation) => {
    const { current, max } = situation;
    return current > max ? scale(situation, max, { code: "above-max", numbers: { current, max } }) : undefined;
  },
};
