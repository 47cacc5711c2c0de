import { loadFleetFile } from "@compose-fleet/files";
import type { FleetConfig } from "@compose-fleet/fleet";

/** Loads the fleet file that FLEET_FILE, or a default, names. Rejects with `FleetFileError`: every fault and what to write instead. */
export function namedFleet(path: string): Promise<FleetConfig> {
  return loadFleetFile(path, "set FLEET_FILE to the path of a fleet.yaml");
}
