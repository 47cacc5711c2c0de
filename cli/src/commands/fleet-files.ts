import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { FleetConfig } from "@compose-fleet/policy";
import type { Option } from "commander";
import { CliError } from "../cli-error.ts";
import type { CliContext } from "../context.ts";
import { checkFleetDocument, loadFleetFile, readFleetDocument } from "../fleet-file/load.ts";
import { localOverlay, type Overlaid } from "../local/overlay.ts";
import { pathOption } from "../paths/path-options.ts";
import { checkServiceFiles } from "../render/index.ts";

/** Name of the fleet file in the project's folder. */
const fleetFileName = "fleet.yaml";

/** `--fleet` of every command about your fleet: that file, else the one that FLEET_FILE names, as for `npm run deploy`, else the project's. */
export function fleetOption(fallback = `${fleetFileName} of the project`): Option {
  return pathOption("--fleet", "file", `the fleet file (default: ${fallback})`).env("FLEET_FILE");
}

/** `--fleet` of commands that show the product on a sample of its own. What FLEET_FILE names is not it. */
export function sampleFleetOption(sample: string): Option {
  return pathOption("--fleet", "file", `the fleet file (default: the sample ${sample}, whatever FLEET_FILE says)`);
}

/** The fleet file that is meant: the one given (relative to where the command runs), else the project's own. */
export function fleetFilePath({ root }: Pick<CliContext, "root">, given: string | undefined): string {
  return given === undefined ? join(root, fleetFileName) : resolve(given);
}

/** Loads a fleet file and checks the compose files of its services. Throws with all faults at once. */
export async function loadFleet(at: Pick<CliContext, "root">, path: string): Promise<FleetConfig> {
  const config = await loadFleetFile(path);
  await checkServices(at, config);
  return config;
}

/** The same, as a fleet on this machine runs it (local/overlay.ts). */
export async function loadLocalFleet(
  at: Pick<CliContext, "root">,
  path: string,
  secretOf: (name: string) => string | undefined,
): Promise<Overlaid & { readonly config: FleetConfig }> {
  const document = await readFleetDocument(path);
  checkFleetDocument(path, document);
  const overlaid = localOverlay(document, secretOf);
  const config = checkFleetDocument(path, overlaid.document);
  await checkServices(at, config);
  return { ...overlaid, config };
}

async function checkServices({ root }: Pick<CliContext, "root">, config: FleetConfig): Promise<void> {
  const folder = join(root, "stack-worker");
  if (!existsSync(folder)) throw new CliError(`${folder} is not there: run this in a copy of the whole project.`);
  const faults = await checkServiceFiles(folder, config);
  if (faults.length > 0)
    throw new CliError(["stack-worker:", ...faults.map((fault) => `  ${fault.path}: ${fault.message}`)].join("\n"));
}
