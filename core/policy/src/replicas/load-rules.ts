import type { ReasonCode } from "../decision/decision.ts";
import { leastReason, mostReason } from "../limits/limit.ts";
import { clamp } from "../numbers/bounds.ts";
import { hold } from "../rules/hold.ts";
import type { LastRule, Rule } from "../rules/rule.ts";
import { scale } from "./moves.ts";
import type { ReplicasSituation } from "./replicas-situation.ts";
import type { KnownReplicas } from "./standing-rules.ts";

/** A target whose number and load are known. */
export type LoadedReplicas = KnownReplicas & { readonly needed: number };

/** By the need that binds. */
const NEEDS_MORE: Readonly<Record<string, ReasonCode>> = {
  "replica-cpu": "replica-cpu-needs-more",
  signal: "signal-needs-more",
  "cpu-limit": "capacity-too-high",
};

export const growsNow: Rule<LoadedReplicas> = {
  name: "growsNow",
  says: "More is needed, or a signal holds a step up: scale out at once.",
  decide: (situation) => {
    const { asked, current, floor, needed } = situation;
    const wanted = Math.min(Math.max(needed, floor ?? 0), asked.most);
    if (wanted <= current) return undefined;
    const { boundBy, load } = situation;
    return needed > current
      ? scale(situation, wanted, { code: NEEDS_MORE[boundBy] ?? "load-needs-more", numbers: load })
      : scale(situation, wanted, { code: "test-step", numbers: { step: wanted, ...load } });
  },
};

export const repairs: Rule<LoadedReplicas> = {
  name: "repairs",
  says: "Fewer run than were commanded a while ago: give the command again.",
  decide: (situation) => {
    const { current, isSettled, ready } = situation;
    if (!isSettled || !ready.ok || ready.value >= current) return undefined;
    return scale(situation, current, { code: "repair", numbers: { ready: ready.value, commanded: current } });
  },
};

export const adopts: Rule<LoadedReplicas> = {
  name: "adopts",
  says: "More run than were commanded: adopt them. They leave by the window.",
  decide: (situation) => {
    const { current, isSettled, observation, ready } = situation;
    if (!isSettled || !ready.ok || ready.value <= current) return undefined;
    return {
      ...hold(situation, { code: "settling", numbers: { ready: ready.value, commanded: current } }),
      commanded: { value: ready.value, atMs: observation.atMs },
    };
  },
};

export const stepped: Rule<LoadedReplicas> = {
  name: "stepped",
  says: "A signal holds the step it took: stay at or above its floor, and scale in to its ceiling where the load allows.",
  decide: (situation) => {
    const { asked, breakerOpen, ceiling, current, floor, needed, unread } = situation;
    if (floor !== undefined) return hold(situation, { code: "test-step", numbers: { step: floor, ...situation.load } });
    if (ceiling === undefined || ceiling >= current) return undefined;
    const { load } = situation;
    const to = Math.max(ceiling, needed, asked.least);
    return to < current && !breakerOpen && unread === undefined
      ? scale(situation, to, { code: "test-step", numbers: { step: to, ...load } })
      : hold(situation, { code: "test-refused", numbers: { step: ceiling, ...load } });
  },
};

export const atLimit: Rule<LoadedReplicas> = {
  name: "atLimit",
  says: "An operator or a schedule holds the number where the load alone would not: stay.",
  decide: (situation) => {
    const { asked, current, needed } = situation;
    const reason =
      needed > current && current === asked.most
        ? mostReason(asked, needed)
        : needed < current && current === asked.least
          ? leastReason(asked, needed)
          : undefined;
    return reason && hold(situation, reason);
  },
};

export const steady: Rule<LoadedReplicas> = {
  name: "steady",
  says: "As many as are needed: stay.",
  decide: (situation) => {
    const { current, max, needed } = situation;
    return needed === current
      ? hold(situation, { code: needed === max ? "at-max" : "steady", numbers: situation.load })
      : undefined;
  },
};

export const windowHolds: Rule<LoadedReplicas> = {
  name: "windowHolds",
  says: "The scale-in window has not been watched in full, or remembers a larger need: stay.",
  decide: (situation) => {
    const { current, keep, window } = situation;
    const waitMs = window.waitMs(current - 1);
    if (waitMs <= 0) return undefined;
    return hold(situation, {
      code: keep >= current ? "within-tolerance" : "window-holds",
      numbers: { ...situation.load, largestNeeded: window.largest, secondsLeft: Math.ceil(waitMs / 1000) },
    });
  },
};

export const shrinks: LastRule<ReplicasSituation> = {
  name: "shrinks",
  says: "Fewer are needed: scale in to the largest need of the window.",
  decide: (situation) => {
    const { asked, config, load, window } = situation;
    const windowSeconds = config.scaling.replicas.scaleInWindowSeconds;
    return scale(situation, clamp(window.largest, asked.least, asked.most), {
      code: "load-needs-fewer",
      numbers: { ...load, largestNeeded: window.largest, windowSeconds },
    });
  },
};
