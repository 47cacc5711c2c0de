import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { execa } from "execa";
import type { Command, CommandResult, Runner } from "./command.ts";

const defaultTimeoutMs = 600_000;

/** The real runner: programs of this machine, without a shell. */
export function createExecaRunner(): Runner {
  return { run, startDetached };
}

async function run(command: Command, onLine?: (line: string) => void): Promise<CommandResult> {
  const silence = new AbortController();
  const subprocess = execa(command.file, [...command.args], {
    reject: false,
    stdin: "ignore",
    timeout: command.timeoutMs ?? defaultTimeoutMs,
    cancelSignal: silence.signal,
    // A fixed language, because some decisions read what programs say.
    env: { ...passedOn(command.onlyEnv), LC_ALL: "C", ...command.env },
    extendEnv: command.onlyEnv === undefined,
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
  });
  const timer =
    command.firstOutputMs === undefined ? undefined : setTimeout(() => silence.abort(), command.firstOutputMs);
  const heard = (chunk: unknown) => {
    clearTimeout(timer);
    for (const line of String(chunk).split(/[\r\n]+/)) if (line.trim() !== "") onLine?.(line.trim());
  };
  subprocess.stdout?.on("data", heard);
  subprocess.stderr?.on("data", heard);
  const result = await subprocess;
  clearTimeout(timer);
  return {
    exitCode: result.exitCode ?? 1,
    stdout: result.stdout,
    stderr: result.stderr,
    missing: result.code === "ENOENT",
    timedOut: result.timedOut || result.isCanceled,
  };
}

function passedOn(names: readonly string[] = []): Readonly<Record<string, string>> {
  const { env } = process;
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

function startDetached(command: Command, logFile: string): Promise<number> {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, "a");
  return new Promise((resolve, reject) => {
    // Own session and no inherited streams: it must survive the terminal that started it.
    const child = spawn(command.file, [...command.args], { detached: true, stdio: ["ignore", log, log] });
    child.once("error", (error) => {
      closeSync(log);
      reject(error);
    });
    child.once("spawn", () => {
      closeSync(log);
      child.unref();
      resolve(child.pid ?? 0);
    });
  });
}
