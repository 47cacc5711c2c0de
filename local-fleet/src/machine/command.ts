/** A command as data: what to run, never a line for a shell to take apart. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to the runner's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** After this the command and all it started are killed. Milliseconds. */
  readonly timeoutMs?: number;
  /** Instead of being killed, they are sent SIGTERM when the time is up, and nobody waits for what they do then. */
  readonly leaveAfterTimeout?: boolean;
  /** Kills the command and all it started when aborted. */
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Runs commands. Resolves however they end; a program that is not there has exit code 127. */
export interface Runner {
  readonly run: (command: Command) => Promise<CommandResult>;
}

/** A command that failed, with the end of what it said. */
export class CommandError extends Error {
  readonly result: CommandResult;

  constructor(command: Command, result: CommandResult) {
    const said = (result.stderr.trim() || result.stdout.trim()).slice(-600);
    const how = result.timedOut
      ? `did not end within ${(command.timeoutMs ?? 0) / 1000} s`
      : `ended with ${result.exitCode}`;
    super(`${command.file} ${command.args.slice(0, 3).join(" ")} ${how}: ${said || "it said nothing"}`);
    this.name = "CommandError";
    this.result = result;
  }
}

/** Runs a command that has to succeed and returns its output. Throws `CommandError`. */
export async function must(runner: Runner, command: Command): Promise<string> {
  const result = await runner.run(command);
  if (result.exitCode !== 0 || result.timedOut) throw new CommandError(command, result);
  return result.stdout;
}
