import { join, resolve } from "node:path";

/** Name of the fleet file in the project's folder. */
export const fleetFileName = "fleet.yaml";

/** The fleet file that is meant: the one given (relative to where the command runs), else the project's own. */
export function fleetFilePath({ root }: { readonly root: string }, given: string | undefined): string {
  return given === undefined ? join(root, fleetFileName) : resolve(given);
}
