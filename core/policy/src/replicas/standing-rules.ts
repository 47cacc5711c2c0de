import type { Reason } from "../decision/decision.ts";
import { clamp } from "../numbers/bounds.ts";
import { hold } from "../rules/hold.ts";
import type { Rule } from "../rules/rule.ts";
import { activeOverride } from "../situation/situation.ts";
import { scale } from "./moves.ts";
import type { ReplicasSituation } from "./replicas-situation.ts";

/** A target whose number is known. */
export type KnownReplicas = ReplicasSituation & { readonly current: number };

export const inFlight: Rule<ReplicasSituation> = {
  name: "inFlight",
  says: "An action on the service is under way: wait until it ends.",
  decide: (situation) =>
    situation.inFlight.has(situation.key)
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

export const pinned: Rule<KnownReplicas> = {
  name: "pinned",
  says: "An operator has pinned the number: scale to it, or stay.",
  decide: (situation) => {
    const { current, max, min, target } = situation;
    const pin = activeOverride(situation, "pin-replicas", (override) => override.service === target.service);
    if (!pin) return undefined;
    const to = clamp(pin.replicas, min, max);
    const reason: Reason = { code: "pinned", numbers: { pinned: pin.replicas, untilMs: pin.expiresAtMs, by: pin.by } };
    return to === current ? hold(situation, reason) : scale(situation, to, reason);
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
