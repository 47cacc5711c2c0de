import { type FaultName, faultNames, isFault } from "@compose-fleet/local-fleet/session";
import { InvalidArgumentError } from "commander";

/** Reads the name of a fault. For commander: throws `InvalidArgumentError` with all names. */
export function parseFault(name: string): FaultName {
  if (!isFault(name))
    throw new InvalidArgumentError(`There is no fault "${name}". Write one of: ${faultNames.join(", ")}.`);
  return name;
}
