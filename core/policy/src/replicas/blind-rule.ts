import type { Reason } from "../decision/decision.ts";
import { loadAfterLoss } from "../group/blind-loss.ts";
import { clamp, rounded, wholeUnits } from "../numbers/bounds.ts";
import { utilisationOf } from "../replica-needs/utilisation.ts";
import type { Rule } from "../rules/rule.ts";
import { scale } from "./moves.ts";
import type { KnownReplicas } from "./standing-rules.ts";

export const blind: Rule<KnownReplicas> = {
  name: "blind",
  says: "The load cannot be read: scale out for an alert or a lost worker.",
  decide: (situation) => {
    const { asked, current, floor, loadProblem } = situation;
    if (loadProblem === undefined) return undefined;
    const lost = afterLoss(situation, Math.max(current, floor ?? 0));
    const to = Math.min(lost?.to ?? floor ?? current, asked.most);
    if (to <= current) return undefined;
    return scale(situation, to, lost?.reason ?? { code: "blind-step-up", numbers: { step: to } });
  },
};

/** The larger number that a worker needs because others are lost while Prometheus cannot be read; undefined when `enough` is enough. */
function afterLoss(
  situation: KnownReplicas,
  enough: number,
): { readonly to: number; readonly reason: Reason } | undefined {
  const { max, min, service, target, worker } = situation;
  const load = loadAfterLoss(situation.losses, worker, target.service);
  if (!load || service.capacity === undefined) return undefined;
  const { lost, requestsPerSecond } = load;
  const perReplica = utilisationOf(situation) * service.capacity.requestsPerSecond;
  const needed = clamp(wholeUnits(requestsPerSecond / perReplica), min, max);
  if (needed <= enough) return undefined;
  const numbers = {
    lost,
    requestsPerSecond: rounded(requestsPerSecond),
    capacityPerReplica: service.capacity.requestsPerSecond,
    utilisation: utilisationOf(situation),
    needed,
  };
  return { to: needed, reason: { code: "blind-worker-lost", numbers } };
}
