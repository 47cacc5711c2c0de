import { pauseReason } from "../limits/limit.ts";
import { hold, type TargetSituation } from "./hold.ts";
import type { Rule } from "./rule.ts";

export const paused: Rule<TargetSituation> = {
  name: "paused",
  says: "An operator has paused the fleet: hold.",
  decide: (situation) => {
    const pause = pauseReason(situation.limits, "all");
    return pause && hold(situation, pause);
  },
};
