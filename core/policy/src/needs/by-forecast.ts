import { rounded } from "../numbers/bounds.ts";
import { byLoad } from "./by-load.ts";
import type { NeedSource } from "./need.ts";

/** What the demand will need when a worker that is launched now serves. What cannot be read counts as it does by load. */
export const byForecast: NeedSource = {
  name: "forecast",
  says: "the largest over services of what is foreseen / (fill · C · `replicas.max`), corrected by CPU",
  of: (situation) => {
    const load = byLoad.of(situation);
    const foreseen = situation.memory.foresight?.now;
    if (foreseen === undefined || load === undefined) return load;
    const { plan } = foreseen;
    return {
      atLeast: plan.needed,
      atMost: load.atMost === undefined ? undefined : plan.needed + load.atMost - load.atLeast,
      problems: load.problems,
      boundBy: plan.part,
      numbers: {
        service: plan.service,
        requestsPerSecond: rounded(plan.planned),
        capacityPerWorker: plan.capacity,
        headroom: rounded(plan.fill),
        aheadSeconds: Math.round(foreseen.aheadSeconds),
        part: plan.part,
        daring: foreseen.rung,
      },
    };
  },
};
