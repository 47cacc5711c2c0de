import type { DrainActions } from "../act/ports.ts";
import { createSsmCommand, type SsmCommandDeps } from "./ssm-command.ts";

/** Starts and cancels drains by the fleet's drain document. */
export function createSsmDrain(deps: Omit<SsmCommandDeps, "script">): DrainActions {
  const run = createSsmCommand({ ...deps, script: "drain.sh" });
  return {
    setDraining: ({ worker, draining, fence }) =>
      run(worker, { action: draining ? "start" : "cancel", fence: String(fence) }),
  };
}
