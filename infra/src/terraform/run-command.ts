import { spawn } from "node:child_process";

/** A program to run: its arguments, where, and with which environment (the whole of it). */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
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
export const runCommand: RunCommand = ({ file, args, cwd, env }) =>
  new Promise((resolve, reject) => {
    const child = spawn(file, [...args], { cwd, env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
