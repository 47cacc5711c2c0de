import { spawn } from "node:child_process";

/** What a person or the system sends to end a program. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** Whoever is told of stop signals; calling what comes back ends that. */
export type StopSignals = (listener: (signal: StopSignal) => void) => () => void;

/** A program to run: its arguments, where, and with which environment (the whole of it). */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called with each whole line of stdout, as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Passed on to the program, which gets none from the terminal: otherwise Terraform would see each Ctrl-C twice, and end at once. */
  readonly stopSignals?: StopSignals | undefined;
}

/** What it printed, and how it ended; null where a signal ended it. */
export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs programs. Rejects only where one cannot be started. */
export type RunCommand = (command: Command) => Promise<CommandResult>;

/** Runs a program to its end and keeps what it prints. */
export const runCommand: RunCommand = ({ file, args, cwd, env, onLine, stopSignals }) =>
  new Promise((resolve, reject) => {
    const detached = stopSignals !== undefined;
    const child = spawn(file, [...args], { cwd, env: { ...env }, stdio: ["ignore", "pipe", "pipe"], detached });
    const silence = stopSignals?.((signal) => void child.kill(signal));
    let stdout = "";
    let stderr = "";
    let begun = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (onLine === undefined) return;
      const lines = (begun + text).split("\n");
      begun = lines.pop() ?? "";
      for (const line of lines) onLine(line);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", (error) => {
      silence?.();
      reject(error);
    });
    child.once("close", (exitCode) => {
      silence?.();
      resolve({ exitCode, stdout, stderr });
    });
  });
