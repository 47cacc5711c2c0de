import { readFile } from "node:fs/promises";
import { type LocalFleetOptions, parseLocalFleetOptions } from "../control/options.ts";
import { localFolders } from "./folders.ts";

/** The fleet file that a local fleet which runs was made of. Rejects when there is none of this name. */
export function fleetSource(root: string, name: string): Promise<string> {
  return readFile(localFolders(root, name).fleetSource, "utf8");
}

/** The options that a local fleet which runs was started with. Rejects when there is none of this name. */
export async function startedWith(root: string, name: string): Promise<LocalFleetOptions> {
  return parseLocalFleetOptions(JSON.parse(await readFile(localFolders(root, name).options, "utf8")));
}
