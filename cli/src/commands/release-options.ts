import { machineKinds } from "@compose-fleet/fleet";

import { type Command, Option } from "commander";
import { fleetOption } from "../options/fleet-option.ts";
import { localNameOption } from "../options/local-name.ts";
import type { ReleaseOptions } from "../release/release-options.ts";

/** Adds what says which fleet is meant. */
export function withPlaceOptions(command: Command): Command {
  return command
    .option("--local", "the fleet that runs on this machine (fleet local up), instead of the one on AWS")
    .addOption(localNameOption())
    .addOption(fleetOption("fleet.yaml of the project; with --local the one that the fleet was started with"))
    .addOption(
      new Option("--bucket <name>", "the bucket of the revisions (default: the account's only one of this fleet)").env(
        "FLEET_REVISION_BUCKET",
      ),
    )
    .addOption(new Option("--only <kind>", "only the machines of this kind").choices(machineKinds))
    .option("--json", "print the outcome as JSON");
}

/** What was asked for, wherever among the words of the command it stood. */
export function releaseOptionsOf(command: Command): ReleaseOptions {
  const options = command.optsWithGlobals<ReleaseOptions>();
  const isLocal = options.local || options.name !== undefined;
  if (!isLocal || command.getOptionValueSourceWithGlobals("fleet") !== "env") return options;
  // The environment's file is of a fleet on AWS; a local one was started with its own.
  const { fleet: _, ...others } = options;
  return others;
}
