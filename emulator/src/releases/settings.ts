import type { GroupFacts } from "./aftermath.ts";

/** When the fleet's deployment group goes back by itself, as infra sets it where it has no alarms. */
export const AUTO_ROLLBACK: GroupFacts["autoRollback"] = { enabled: true, events: ["DEPLOYMENT_FAILURE"] };
