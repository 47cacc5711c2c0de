import { FleetFileError } from "@compose-fleet/files";
import { CliError, exitCodes } from "@compose-fleet/process";
import { Command } from "commander";
import { faultLines, reviewFleet } from "../compose/check-services.ts";
import { remarkLine, weakness } from "../compose/check-stack.ts";
import { fleetOption } from "../options/fleet-option.ts";
import { fleetFilePath } from "../options/fleet-path.ts";
import { parsePath } from "../options/parse-path.ts";
import type { CliContext } from "../run/context.ts";

/** `fleet validate`: all faults of a fleet file at once. */
export function validateCommand(context: CliContext): Command {
  return new Command("validate")
    .description("check a fleet file and the compose files of its services; all faults at once")
    .argument("[file]", "the same as --fleet", parsePath)
    .addOption(fleetOption())
    .option("--json", "print the faults as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  fleet validate\n  fleet validate --fleet fleet.demo.yaml --json\n\nCompose files are read by docker compose where it is there, without its engine; else the check is a weaker one and says so.\n\nExit codes: 0 valid, 1 faults, 2 usage error.",
    )
    .action(async (given: string | undefined, options: { fleet?: string; json?: boolean }, command: Command) => {
      if (given !== undefined && command.getOptionValueSource("fleet") === "cli")
        throw new CliError(`Got ${given} and --fleet ${options.fleet}: name one fleet file.`, exitCodes.usage);
      const path = fleetFilePath(context, given ?? options.fleet);
      try {
        const { config, review } = await reviewFleet(context, path);
        const { faults, notes, reader } = review;
        const weak = weakness(review);
        const ok = faults.length === 0;
        if (options.json) {
          const checkedBy = "version" in reader ? `docker compose ${reader.version}` : "rules only";
          context.print(JSON.stringify({ ok, faults, notes, checkedBy, ...(weak ? { warning: weak } : {}) }, null, 2));
          if (!ok) throw new CliError(`${path} has ${faults.length} fault(s).`);
          return;
        }
        if (weak !== undefined) context.print(weak);
        if (!ok) throw new CliError(faultLines(review).join("\n"));
        for (const note of notes) context.print(`Note:${remarkLine(note).slice(1)}`);
        const services = `${Object.keys(config.services).length} service(s)`;
        context.print(
          `${path}: valid${weak ? " as far as that goes" : ""}. Fleet ${config.name} (${config.environment}), ${services}.`,
        );
      } catch (error) {
        if (!(options.json && error instanceof FleetFileError)) throw error;
        context.print(JSON.stringify({ ok: false, faults: error.faults }, null, 2));
        throw new CliError(`${path} has ${error.faults.length} fault(s).`);
      }
    });
}
