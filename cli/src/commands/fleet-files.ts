import { join, resolve } from "node:path";
import type { FleetConfig } from "@compose-fleet/fleet";
import { CliError } from "@compose-fleet/local-fleet/process";
import type { Option } from "commander";
import { remarkLine, weakness } from "../compose/check-stack.ts";
import type { Review } from "../compose/review-services.ts";
import { reviewWorkerStack } from "../compose/worker-stack.ts";
import type { CliContext } from "../context.ts";
import { checkFleetDocument, loadFleetFile, readFleetDocument } from "../fleet-file/load.ts";
import { localOverlay, type Overlaid } from "../local/overlay.ts";
import { pathOption } from "../paths/path-options.ts";

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

/** Loads a fleet file alone: for commands that look at what runs. Rejects with `FleetFileError`. */
export function loadFleet(path: string): Promise<FleetConfig> {
  return loadFleetFile(path);
}

/** Loads a fleet file as a fleet on this machine runs it (local/overlay.ts). Rejects with `FleetFileError`. */
export async function loadLocalFleet(
  path: string,
  secretOf: (name: string) => string | undefined,
): Promise<Overlaid & { readonly config: FleetConfig }> {
  const document = await readFleetDocument(path);
  checkFleetDocument(path, document);
  const overlaid = localOverlay(document, secretOf);
  return { ...overlaid, config: checkFleetDocument(path, overlaid.document) };
}

/** Loads a fleet file and reviews the compose files of its services. Rejects with `FleetFileError`, and with `CliError` where there is no stack-worker. */
export async function reviewFleet(
  { root, machine }: Pick<CliContext, "root" | "machine">,
  path: string,
): Promise<{ readonly config: FleetConfig; readonly review: Review }> {
  const config = await loadFleetFile(path);
  return { config, review: await reviewWorkerStack(machine.runner, root, config) };
}

/** Reviews the compose files for commands that go on: what should be known is said, and faults are thrown as a `CliError`, all at once. */
export async function checkServices(
  { root, machine, terminal }: Pick<CliContext, "root" | "machine" | "terminal">,
  config: FleetConfig,
): Promise<void> {
  const review = await reviewWorkerStack(machine.runner, root, config);
  const weak = weakness(review);
  if (weak !== undefined) terminal.progress.note(weak);
  if (review.faults.length > 0) throw new CliError(["stack-worker:", ...review.faults.map(remarkLine)].join("\n"));
  for (const note of review.notes) terminal.progress.note(`Note:${remarkLine(note).slice(1)}`);
}
