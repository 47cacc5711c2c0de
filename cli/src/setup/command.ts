/** A program to run, as data. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Names of this process' variables that the command gets; all of them when left out. */
  readonly onlyEnv?: readonly string[];
  /** Milliseconds; the command is ended after them. Default 10 minutes. */
  readonly timeoutMs?: number;
  /** Milliseconds within which the first output must arrive, else the command is ended: a bound on "does anybody answer at all". */
  readonly firstOutputMs?: number;
}

/** What a command left behind. A program that does not exist is `missing`, not an exception. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly missing: boolean;
  readonly timedOut: boolean;
}

/** Runs commands. Never throws for a command that fails: callers read the result. */
export interface Runner {
  run(command: Command, onLine?: (line: string) => void): Promise<CommandResult>;
  /** Starts a program that outlives this process, its output appended to `logFile`; returns its process id. */
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
