/** A program to run, as data: never a line for a shell to take apart. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to the runner's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of the runner's variables that the command gets; all of them when left out. */
  readonly onlyEnv?: readonly string[];
  /** Milliseconds; the command is ended after them. */
  readonly timeoutMs?: number;
  /** Instead of being killed, the command and all it started are sent SIGTERM when the time is up, and nobody waits for what they do then. */
  readonly leaveAfterTimeout?: boolean;
  /** Milliseconds within which the first output must arrive, else the command is ended: a bound on "does anybody answer at all". */
  readonly firstOutputMs?: number;
  /** Kills the command when aborted. */
  readonly signal?: AbortSignal;
}

/** What a command left behind. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** The program does not exist; its exit code is 127 then. */
  readonly missing: boolean;
}

/** Runs commands. Never throws for a command that fails: callers read the result. */
export interface Runner {
  run(command: Command, onLine?: (line: string) => void): Promise<CommandResult>;
}

/** Starts programs that outlive this process. */
export interface Launcher {
  /** Appends the program's output to `logFile`; returns its process id. Rejects where it cannot be started. */
  startDetached(command: Command, logFile: string): Promise<number>;
}

/** Shorthand for a command without options. */
export function command(file: string, ...args: readonly string[]): Command {
  return { file, args };
}

/** The command as a person would type it, quoted where a shell needs it. */
export function commandText(c: Command): string {
  return [c.file, ...c.args]
    .map((part) => (/^[\w@%+=:,./~-]+$/.test(part) ? part : `'${part.replaceAll("'", "'\\''")}'`))
    .join(" ");
}

/** The last lines of a failed command, for an error message. */
export function tailOf(result: CommandResult, lines = 5): string {
  const text = (result.stderr.trim() || result.stdout.trim() || `exit code ${result.exitCode}`).split("\n");
  return text.slice(-lines).join("\n");
}

/** A command that failed, with the end of what it said. */
export class CommandError extends Error {
  readonly result: CommandResult;

  constructor(failed: Command, result: CommandResult) {
    const said = (result.stderr.trim() || result.stdout.trim()).slice(-600);
    const how = result.timedOut
      ? `did not end within ${(failed.timeoutMs ?? 0) / 1000} s`
      : `ended with ${result.exitCode}`;
    super(`${failed.file} ${failed.args.slice(0, 3).join(" ")} ${how}: ${said || "it said nothing"}`);
    this.name = "CommandError";
    this.result = result;
  }
}

/** Runs a command that has to succeed and returns its output; `onLine` hears each line as it comes. Throws `CommandError`. */
export async function must(runner: Runner, wanted: Command, onLine?: (line: string) => void): Promise<string> {
  const result = await runner.run(wanted, onLine);
  if (result.exitCode !== 0 || result.timedOut) throw new CommandError(wanted, result);
  return result.stdout;
}
