import type { Reason } from "../decision/decision.ts";
import type { Verdict } from "../situation/situation.ts";
import type { ReplicasSituation } from "./replicas-situation.ts";

/** Nothing changes, and what was commanded stays remembered. */
export function hold({ commandedBefore, current, target, window }: ReplicasSituation, reason: Reason): Verdict {
  return {
    decision: { kind: "hold", target, current: current ?? 0, reason },
    recommendations: window.recommendations,
    ...(commandedBefore && { commanded: commandedBefore }),
  };
}

/** Another number of replicas. */
export function scale(
  { current, observation, target, window }: ReplicasSituation,
  to: number,
  reason: Reason,
): Verdict {
  const { worker, service } = target;
  return {
    decision: { kind: "scale-containers", worker, service, from: current ?? 0, to, reason },
    recommendations: window.recommendations,
    commanded: { value: to, atMs: observation.atMs },
  };
}
