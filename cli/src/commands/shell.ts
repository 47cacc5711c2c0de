import { CliError, exitCodes } from "@compose-fleet/process";
import { Command } from "commander";
import type { CliContext } from "../run/context.ts";
import { withTargetOptions } from "../target/target-options.ts";
import { withTarget } from "../target/with-target.ts";

const help = `
On AWS it is a session of Session Manager, as the user ssm-user, who may use sudo. Locally, where all workers share this machine, it is a shell
in the worker's folder with the worker's environment.

Examples:
  fleet shell i-0123456789abcdef0
  fleet shell monitoring --aws

Exit codes: that of the shell; 2 no terminal, no such machine, or no fleet, plugin or credentials.`;

/** `fleet shell`: a shell on a machine. */
export function shellCommand(context: CliContext): Command {
  return withTargetOptions(new Command("shell"))
    .description("a shell on a worker, or on the monitoring machine")
    .argument("<machine>", 'a worker\'s id, or "monitoring"')
    .addHelpText("after", help)
    .action((id: string, _options: object, command: Command) =>
      withTarget(context, command, async ({ machines }) => {
        if (!context.canType)
          throw new CliError(
            "A shell needs a terminal. For one command: fleet exec SERVICE -- COMMAND.",
            exitCodes.usage,
          );
        const all = await machines.list();
        const machine = all.find((each) => each.id === id || (id === "monitoring" && each.kind === "monitoring"));
        if (machine === undefined)
          throw new CliError(
            `The fleet has no machine ${JSON.stringify(id)}. It has: ${all.map((each) => each.id).join(", ") || "none"}.`,
            exitCodes.usage,
          );
        const exitCode = await machines.attach(machine);
        if (exitCode !== 0) throw new CliError(`The shell ended with ${exitCode}.`, exitCode);
      }),
    );
}
