import { rounded, wholeUnits } from "../numbers/bounds.ts";
import { demandOn } from "../observation/demand.ts";
import { NO_NEEDS, type ReplicaNeedSource } from "./replica-need.ts";
import { utilisationOf } from "./utilisation.ts";

/** With foresight: what will have to be served when a replica that is started now does. */
export const byLoad: ReplicaNeedSource = {
  name: "load",
  says: "with `capacity`: demand / (`utilisation` · C)",
  of: (situation, { service, target, worker }) => {
    const { capacity } = service;
    if (capacity === undefined) return NO_NEEDS;
    const demand = demandOn(worker, target.service);
    const lead = situation.memory.foresight?.now?.leads[target.service] ?? 1;
    const soon = demand.ok ? demand.value * lead : 0;
    const utilisation = utilisationOf(situation);
    return [
      {
        count: (share) =>
          demand.ok ? wholeUnits(soon / (share * utilisation * capacity.requestsPerSecond)) : undefined,
        problem: demand.ok ? undefined : demand.problem,
        numbers: (needed) => ({
          requestsPerSecond: rounded(soon),
          capacityPerReplica: capacity.requestsPerSecond,
          utilisation,
          needed,
        }),
      },
    ];
  },
};
