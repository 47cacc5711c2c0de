import type { Reason } from "../decision/decision.ts";
import type { Verdict } from "../situation/situation.ts";
import type { ReplicasSituation } from "./replicas-situation.ts";

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
