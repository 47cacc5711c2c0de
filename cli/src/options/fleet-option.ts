import type { Option } from "commander";
import { fleetFileName } from "./fleet-path.ts";
import { pathOption } from "./path-option.ts";

/** `--fleet` of every command about your fleet: that file, else the one that FLEET_FILE names, as for `npm run deploy`, else the project's. */
export function fleetOption(fallback = `${fleetFileName} of the project`): Option {
  return pathOption("--fleet", "file", `the fleet file (default: ${fallback})`).env("FLEET_FILE");
}

/** `--fleet` of commands that show the product on a sample of its own. What FLEET_FILE names is not it. */
export function sampleFleetOption(sample: string): Option {
  return pathOption("--fleet", "file", `the fleet file (default: the sample ${sample}, whatever FLEET_FILE says)`);
}
