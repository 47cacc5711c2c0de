import { activeOverride } from "../situation/situation.ts";
import { hold, type TargetSituation } from "./hold.ts";
import type { Rule } from "./rule.ts";

export const paused: Rule<TargetSituation> = {
  name: "paused",
  says: "An operator has paused the fleet: hold.",
  decide: (situation) => {
    const pause = activeOverride(situation, "pause");
    return pause && hold(situation, { code: "paused", numbers: { untilMs: pause.expiresAtMs, by: pause.by } });
  },
};
