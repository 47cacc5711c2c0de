import type { Reason } from "../decision/decision.ts";
import { pauseReason } from "../limits/limit.ts";
import { hold } from "../rules/hold.ts";
import type { Verdict } from "../situation/situation.ts";
import type { ReplicasSituation } from "./replicas-situation.ts";

/** Another number of replicas, unless that direction is paused. */
export function scale(situation: ReplicasSituation, to: number, reason: Reason): Verdict {
  const { current, limits, observation, target, window } = situation;
  if (current !== undefined && to !== current) {
    const paused = pauseReason(limits, to < current ? "in" : "out");
    if (paused) return hold(situation, paused);
  }
  const { worker, service } = target;
  return {
    decision: { kind: "scale-containers", worker, service, from: current ?? 0, to, reason },
    window: window.memory,
    commanded: { value: to, atMs: observation.atMs },
  };
}
