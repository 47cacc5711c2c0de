import { rounded, wholeUnits } from "../numbers/bounds.ts";
import { demandOn } from "../observation/demand.ts";
import type { Reading } from "../observation/observation.ts";
import type { ReplicaNeedSource } from "./replica-need.ts";
import { utilisationOf } from "./utilisation.ts";

/** With foresight: what will have to be served when a replica that is started now does. */
export const byLoad: ReplicaNeedSource = {
  name: "load",
  says: "with `capacity`: demand / (`utilisation` · C)",
  of: (situation, { service, target, worker }) => {
    const { capacity } = service;
    if (capacity === undefined) return [];
    const soon = ahead(demandOn(worker, target.service), situation.memory.foresight?.now?.leads[target.service]);
    const utilisation = utilisationOf(situation);
    return [
      {
        count: (share) =>
          soon.ok ? wholeUnits(soon.value / (share * utilisation * capacity.requestsPerSecond)) : undefined,
        problem: soon.ok ? undefined : soon.problem,
        numbers: {
          requestsPerSecond: soon.ok ? rounded(soon.value) : 0,
          capacityPerReplica: capacity.requestsPerSecond,
          utilisation,
        },
      },
    ];
  },
};

function ahead(demand: Reading, lead = 1): Reading {
  return demand.ok ? { ok: true, value: demand.value * lead } : demand;
}
