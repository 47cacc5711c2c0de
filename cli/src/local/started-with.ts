import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type LocalFleetOptions, parseLocalFleetOptions } from "@compose-fleet/local-fleet";
import { localFolders } from "./prepare.ts";

/** The fleet file that a local fleet which runs was made of. Rejects when there is none of this name. */
export function fleetSource(root: string, name: string): Promise<string> {
  return readFile(localFolders(root, name).fleetSource, "utf8");
}

/** The options that a local fleet which runs was started with. Rejects when there is none of this name. */
export async function startedWith(root: string, name: string): Promise<LocalFleetOptions> {
  const { stateDir } = localFolders(root, name);
  return parseLocalFleetOptions(JSON.parse(await readFile(join(stateDir, "options.json"), "utf8")));
}
