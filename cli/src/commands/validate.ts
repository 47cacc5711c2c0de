import { Command } from "commander";
import { CliError, exitCodes } from "../cli-error.ts";
import type { CliContext } from "../context.ts";
import { FleetFileError } from "../fleet-file/load.ts";
import { parsePath } from "../paths/parse-path.ts";
import { fleetFilePath, fleetOption, loadFleet } from "./fleet-files.ts";

/** `fleet validate`: all faults of a fleet file at once. */
export function validateCommand(context: CliContext): Command {
  return new Command("validate")
    .description("check a fleet file and the compose files of its services; all faults at once")
    .argument("[file]", "the same as --fleet", parsePath)
    .addOption(fleetOption())
    .option("--json", "print the faults as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet validate\n  fleet validate --fleet fleet.demo.yaml --json\n\nExit codes: 0 valid, 1 faults, 2 usage error.",
    )
    .action(async (given: string | undefined, options: { fleet?: string; json?: boolean }, command: Command) => {
      if (given !== undefined && command.getOptionValueSource("fleet") === "cli")
        throw new CliError(`Got ${given} and --fleet ${options.fleet}: name one fleet file.`, exitCodes.usage);
      const path = fleetFilePath(context, given ?? options.fleet);
      try {
        const config = await loadFleet(context, path);
        context.print(
          options.json
            ? JSON.stringify({ ok: true, faults: [] })
            : `${path}: valid. Fleet ${config.name} (${config.environment}), ${Object.keys(config.services).length} service(s).`,
        );
      } catch (error) {
        if (!options.json) throw error;
        if (!(error instanceof CliError || error instanceof FleetFileError)) throw error;
        const faults =
          error instanceof FleetFileError ? error.faults : [{ path: "stack-worker", message: error.message }];
        context.print(JSON.stringify({ ok: false, faults }, null, 2));
        throw new CliError(`${path} has ${faults.length} fault(s).`);
      }
    });
}
