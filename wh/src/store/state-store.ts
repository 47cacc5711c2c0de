import type { ActionLog } from "../act/ports.ts";
import type { DecisionLog } from "../loop/ports.ts";
import type { PullLog } from "../releases/ports.ts";
import type { OverrideStore, StepLog } from "../state/ports.ts";

/** Everything that outlives a restart and that both scalers share. */
export type StateStore = ActionLog & OverrideStore & DecisionLog & StepLog & PullLog;
