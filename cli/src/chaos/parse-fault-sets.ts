import { InvalidArgumentError } from "commander";
import { type FaultName, faultNames, isFault } from "./faults.ts";

/** Reads "kill-wh,cut-worker+ssm-slow": runs, each of one or more faults. For commander: throws `InvalidArgumentError`. */
export function parseFaultSets(text: string): readonly (readonly FaultName[])[] {
  return text.split(",").map((run) => run.split("+").map((name) => parseFault(name.trim())));
}

/** Reads the name of a fault. For commander: throws `InvalidArgumentError` with all names. */
export function parseFault(name: string): FaultName {
  if (!isFault(name))
    throw new InvalidArgumentError(`There is no fault "${name}". Write one of: ${faultNames.join(", ")}.`);
  return name;
}
