import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { execa } from "execa";
import type { Command, CommandResult, Launcher, Runner } from "./command.ts";

/** What all commands of a runner have in common. */
interface RunnerOptions {
  /** The whole environment of a command, but for what it adds itself. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Variables that every command gets, also one that names those it wants. */
  readonly always?: Readonly<Record<string, string>>;
  /**
   * Each command in a process group of its own: Ctrl-C at the terminal does not reach it, and who ends it kills all that it started.
   * Otherwise it is asked to end (SIGTERM) and killed 5 s later.
   */
  readonly ownGroup?: boolean;
  /** Output as it came, with its last newline. */
  readonly verbatim?: boolean;
  /** For commands that say none, milliseconds. */
  readonly timeoutMs?: number;
  /** A command that prints more has failed. Default 100 MB. */
  readonly maxOutputBytes?: number;
}

const terminalTimeoutMs = 600_000;
const groupOutputBytes = 4 * 1024 * 1024;

/**
 * Runs programs for whoever sits at the terminal, without a shell: they get this process' environment and its Ctrl-C, and 10 minutes if
 * they name no time. A fixed language, because some decisions read what programs say.
 */
export function createTerminalRunner(): Runner & Launcher {
  const { env: environment } = process;
  const options = { environment, always: { LC_ALL: "C" }, timeoutMs: terminalTimeoutMs };
  return { run: (command, onLine) => run(options, command, onLine), startDetached };
}

/** Runs programs for a service: each in a process group of its own, with exactly `environment` and what it adds, its output as it came. */
export function createGroupRunner(environment: Readonly<Record<string, string>>): Runner {
  const options = { environment, ownGroup: true, verbatim: true, maxOutputBytes: groupOutputBytes };
  return { run: (command, onLine) => run(options, command, onLine) };
}

async function run(options: RunnerOptions, command: Command, onLine?: (line: string) => void): Promise<CommandResult> {
  const { ownGroup = false, verbatim = false, maxOutputBytes } = options;
  const child = execa(command.file, [...command.args], {
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    env: { ...passedOn(options.environment, command.onlyEnv), ...options.always, ...command.env },
    extendEnv: false,
    reject: false,
    detached: ownGroup,
    cleanup: !ownGroup,
    stdin: "ignore",
    stripFinalNewline: !verbatim,
    ...(maxOutputBytes === undefined ? {} : { maxBuffer: maxOutputBytes }),
  });
  const said = { stdout: "", stderr: "" };
  let timedOut = false;
  const end = (signal: "SIGTERM" | "SIGKILL") => {
    if (ownGroup) signalGroup(child.pid, signal);
    else child.kill("SIGTERM");
  };
  const timeUp = () => {
    timedOut = true;
    end("SIGKILL");
  };
  const silence = command.firstOutputMs === undefined ? undefined : setTimeout(timeUp, command.firstOutputMs);
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].on("data", (chunk: Buffer) => {
      clearTimeout(silence);
      if (command.leaveAfterTimeout) said[stream] += chunk.toString();
      for (const line of String(chunk).split(/[\r\n]+/)) if (line.trim() !== "") onLine?.(line.trim());
    });
  const kill = () => end("SIGKILL");
  command.signal?.addEventListener("abort", kill, { once: true });
  if (command.signal?.aborted) kill();
  let timer: NodeJS.Timeout | undefined;
  const limitMs = command.timeoutMs ?? options.timeoutMs;
  const left = new Promise<CommandResult>((resolve) => {
    if (limitMs === undefined) return;
    timer = setTimeout(() => {
      if (!command.leaveAfterTimeout) return timeUp();
      timedOut = true;
      end("SIGTERM");
      resolve({ exitCode: 143, ...said, timedOut, missing: false });
    }, limitMs);
  });
  const ended = async (): Promise<CommandResult> => {
    const result = await child;
    const missing = result.code === "ENOENT";
    return {
      exitCode: result.exitCode ?? (missing ? 127 : 1),
      stdout: result.stdout,
      stderr: result.stderr || (missing ? `${command.file} is not installed` : ""),
      timedOut,
      missing,
    };
  };
  try {
    return await Promise.race([ended(), left]);
  } finally {
    clearTimeout(silence);
    clearTimeout(timer);
    command.signal?.removeEventListener("abort", kill);
  }
}

function passedOn(
  environment: RunnerOptions["environment"],
  names: readonly string[] | undefined,
): RunnerOptions["environment"] {
  if (names === undefined) return environment;
  return Object.fromEntries(
    names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
}

function signalGroup(pid: number | undefined, signal: "SIGKILL" | "SIGTERM"): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
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
