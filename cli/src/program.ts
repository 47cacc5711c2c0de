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

const epilogue = `
Which fleet file: --fleet FILE, else the variable FLEET_FILE, else fleet.yaml of the project. The demo and the benchmarks show samples of
their own. A fleet on this machine runs the same file with what suits one machine laid over it (docs/cli.md).

Exit codes:
  0    done
  1    what was asked for failed
  2    refused before anything was changed: a usage error, a path that cannot be used, something missing on this machine
  130  interrupted`;

/** The `fleet` command with all its subcommands. Parsing throws commander's errors and those of the commands. */
export function createProgram(context: CliContext): Command {
  const program = new Command("fleet")
    .description("Docker Compose services on machines that scale themselves at two levels, containers and instances.")
    .version(context.version, "--version", "print the version")
    .option("--verbose", "show where in the code an error came from")
    .addHelpText("after", epilogue)
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
  suggestSubcommands(program);
  return program;
}

// Commander ends the process by default, also in the middle of a clean-up; each subcommand has its own setting.
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const subcommand of command.commands) throwInsteadOfExit(subcommand);
}

/** A word that is a command of a group, as in `fleet status`, leads there instead of to what is spelt alike. */
function suggestSubcommands(program: Command): void {
  program.on("command:*", ([word = ""]: readonly string[]) => {
    const calls = program.commands.flatMap((group) =>
      group.commands
        .filter((command) => command.name() === word)
        .map(() => `${program.name()} ${group.name()} ${word}`),
    );
    // Commander's own suggestion, which its types leave out; with a listener it would not be made.
    if (calls.length === 0) return (program as Command & { unknownCommand(): void }).unknownCommand();
    program.error(`error: unknown command '${word}'\n(Did you mean ${calls.join(" or ")}?)`, {
      code: "commander.unknownCommand",
    });
  });
}
