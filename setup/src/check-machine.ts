import { clockFault } from "./clock.mjs";
import type { Host } from "./host.ts";
import { SetupError } from "./setup-error.ts";
import { checkStateFolder } from "./state-folder.ts";

/** What would make everything after it fail in other words: a clock that was never set, a `.fleet` that cannot be written. Changes nothing. Throws `SetupError`. */
export async function checkMachine(host: Pick<Host, "nowMs">, stateFolder: string): Promise<void> {
  const fault = clockFault(host.nowMs());
  if (fault !== undefined) throw new SetupError(fault);
  await checkStateFolder(stateFolder);
}
