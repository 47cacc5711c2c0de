import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Command } from "./command.ts";

/** Programs that are more than a command with an end: that talk to the person, or go on printing. */
export interface TerminalPrograms {
  /** Gives a program the terminal until it ends; returns its exit code, 127 where it does not exist. Its signals are its own meanwhile. */
  attach(command: Command): Promise<number>;
  /**
   * What a program prints, both streams in one, as it comes. A reader that is slow makes the program wait; one that stops reading ends it. Throws
   * `Error` where it cannot be started.
   */
  stream(command: Command): AsyncIterable<Buffer>;
}

const { env: own } = process;

/** Programs for whoever sits at the terminal, with this process' environment. */
export function createTerminalPrograms(): TerminalPrograms {
  return { attach, stream };
}

function attach({ file, args, cwd, env }: Command): Promise<number> {
  return new Promise((resolve) => {
    // At a terminal Ctrl-C reaches both: it is meant for the program alone.
    const listeners = process.listeners("SIGINT");
    process.removeAllListeners("SIGINT").on("SIGINT", () => undefined);
    const child = spawn(file, [...args], { cwd, env: { ...own, ...env }, stdio: "inherit" });
    const end = (code: number) => {
      process.removeAllListeners("SIGINT");
      for (const listener of listeners) process.on("SIGINT", listener);
      resolve(code);
    };
    child.once("error", () => end(127));
    child.once("close", (code, signal) => end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

async function* stream({ file, args, cwd, env, signal }: Command): AsyncIterable<Buffer> {
  const child = spawn("sh", ["-c", 'exec "$@" 2>&1', "sh", file, ...args], {
    cwd,
    env: { ...own, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  failed.catch(() => undefined);
  const kill = () => void child.kill("SIGTERM");
  signal?.addEventListener("abort", kill, { once: true });
  if (signal?.aborted) kill();
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
  } finally {
    signal?.removeEventListener("abort", kill);
    kill();
  }
}
