import { parseFault } from "@compose-fleet/cli/options";
import type { FaultName } from "@compose-fleet/local-fleet/session";

/** Reads "kill-wh,cut-worker+ssm-slow": runs, each of one or more faults. For commander: throws `InvalidArgumentError`. */
export function parseFaultSets(text: string): readonly (readonly FaultName[])[] {
  return text.split(",").map((run) => run.split("+").map((name) => parseFault(name.trim())));
}
