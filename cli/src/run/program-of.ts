import { Command, type Option } from "commander";

/** A program of these subcommands. Parsing throws commander's errors and those of the commands. */
export function programOf(spec: {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** What the help ends with. */
  readonly epilogue: string;
  readonly commands: readonly Command[];
}): Command {
  const program = new Command(spec.name)
    .description(spec.description)
    .version(spec.version, "--version", "print the version")
    .option("--verbose", "show where in the code an error came from")
    .addHelpText("after", spec.epilogue)
    .configureHelp({ showGlobalOptions: true });
  for (const command of spec.commands) program.addCommand(command);
  throwInsteadOfExit(program);
  suggestSubcommands(program);
  refuseRepeated(program);
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

/** A value that is given twice is given by mistake, in a script perhaps: the last one would win without a word. */
function refuseRepeated(command: Command): void {
  const isList = ({ long, variadic }: Option) => variadic || (long === "--service" && command.name() === "release");
  for (const option of command.options.filter((each) => each.required && !isList(each))) {
    let isGiven = false;
    command.on(`option:${option.name()}`, () => {
      if (isGiven)
        command.error(`error: ${option.long} is given twice: give it once`, { code: "commander.repeatedOption" });
      isGiven = true;
    });
  }
  for (const child of command.commands) refuseRepeated(child);
}
