import { readFileSync, statSync } from "node:fs";
import { type FleetConfig, parseFleetConfig } from "@compose-fleet/fleet";
import { parse } from "yaml";

/** A fleet file that cannot be used; its message is for the reader of a terminal. */
export class FleetFileError extends Error {
  override readonly name = "FleetFileError";
}

/** Reads and checks a fleet file. Throws `FleetFileError` with every fault and what to write instead. */
export function loadFleetFile(path: string): FleetConfig {
  const parsed = parseFleetConfig(readYaml(path));
  if (parsed.ok) return parsed.config;
  const faults = parsed.faults.map((fault) => `  ${fault.path === "" ? "" : `${fault.path}: `}${fault.message}`);
  throw new FleetFileError([`${path}:`, ...faults].join("\n"));
}

function readYaml(path: string): unknown {
  try {
    // A pipe or a device might never end.
    if (!statSync(path).isFile()) throw new Error("it is not a file");
    return parse(readFileSync(path, "utf8"), { maxAliasCount: 100 });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") throw new FleetFileError(`${path} is not there: set FLEET_FILE to the path of a fleet.yaml`);
    const [first] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new FleetFileError(`${path} cannot be read: ${first}. Correct it; npx fleet validate FILE says more.`);
  }
}
