import { Command } from "commander";
import { benchDrainCommand } from "./commands/bench-drain.ts";
import { benchReactionCommand } from "./commands/bench-reaction.ts";
import { benchReleaseCommand } from "./commands/bench-release.ts";
import { chaosCommand } from "./commands/chaos.ts";
import { demoCommand } from "./commands/demo.ts";
import { explainCommand } from "./commands/explain.ts";
import { localCommand } from "./commands/local.ts";
import { openCommand } from "./commands/open.ts";
import { releaseCommand } from "./commands/release.ts";
import { renderCommand } from "./commands/render.ts";
import { scaletestCommand } from "./commands/scaletest.ts";
import { schemaCommand } from "./commands/schema.ts";
import { secretsCommand } from "./commands/secrets.ts";
import { setupCommand } from "./commands/setup.ts";
import { validateCommand } from "./commands/validate.ts";
import type { CliContext } from "./context.ts";

/** The `fleet` command with all its subcommands. Parsing throws commander's errors and those of the commands. */
export function createProgram(context: CliContext): Command {
  const program = new Command("fleet")
    .description("Docker Compose services on machines that scale themselves at two levels, containers and instances.")
    .option("--verbose", "show where in the code an error came from")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 what was asked for failed, 2 set-up missing or usage error, 130 interrupted.",
    )
    .configureHelp({ showGlobalOptions: true });
  const commands = [
    demoCommand(context),
    localCommand(context),
    validateCommand(context),
    renderCommand(context),
    schemaCommand(context),
    explainCommand(context),
    scaletestCommand(context),
    openCommand(context),
    releaseCommand(context),
    secretsCommand(context),
    setupCommand(context),
    benchDrainCommand(context),
    chaosCommand(context),
    benchReactionCommand(context),
    benchReleaseCommand(context),
  ];
  for (const command of commands) program.addCommand(command);
  throwInsteadOfExit(program);
  return program;
}

// Commander ends the process by default, also in the middle of a clean-up; each subcommand has its own setting.
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const subcommand of command.commands) throwInsteadOfExit(subcommand);
}
