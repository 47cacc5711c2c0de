import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { FleetConfig } from "@compose-fleet/policy";
import type { Option } from "commander";
import { CliError } from "../cli-error.ts";
import type { CliContext } from "../context.ts";
import { loadFleetFile } from "../fleet-file/load.ts";
import { pathOption } from "../paths/path-options.ts";
import { checkServiceFiles } from "../render/index.ts";

/** Name of the fleet file in the project's folder. */
const fleetFileName = "fleet.yaml";

/** `--fleet`: which fleet file is meant, in every command that needs one. */
export function fleetOption(fallback = `${fleetFileName} of the project`): Option {
  return pathOption("--fleet", "file", `the fleet file (default: ${fallback})`);
}

/** The same for commands that go to AWS: they also take the variable by which `npm run deploy` is told, so that both mean one fleet. */
export function awsFleetOption(fallback?: string): Option {
  return fleetOption(fallback).env("FLEET_FILE");
}

/** The fleet file that is meant: the one given (relative to where the command runs), else the project's own. */
export function fleetFilePath(
  { root }: Pick<CliContext, "root">,
  given: string | undefined,
  fallback = fleetFileName,
): string {
  return given === undefined ? join(root, fallback) : resolve(given);
}

/** Loads a fleet file and checks the compose files of its services. Throws with all faults at once. */
export async function loadFleet({ root }: Pick<CliContext, "root">, path: string): Promise<FleetConfig> {
  const config = await loadFleetFile(path);
  const folder = join(root, "stack-worker");
  if (!existsSync(folder)) throw new CliError(`${folder} is not there: run this in a copy of the whole project.`);
  const faults = await checkServiceFiles(folder, config);
  if (faults.length > 0)
    throw new CliError(["stack-worker:", ...faults.map((fault) => `  ${fault.path}: ${fault.message}`)].join("\n"));
  return config;
}
