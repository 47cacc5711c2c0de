import { execa } from "execa";
import type { CommandResult, Runner } from "./command.ts";

const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

/** Runs commands as processes of this machine, each in a process group of its own, with exactly `environment` and the command's. */
export function createExecaRunner(environment: Readonly<Record<string, string>>): Runner {
  return {
    run: async (command): Promise<CommandResult> => {
      const child = execa(command.file, [...command.args], {
        ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
        env: { ...environment, ...command.env },
        extendEnv: false,
        reject: false,
        detached: true,
        cleanup: false,
        stdin: "ignore",
        stripFinalNewline: false,
        maxBuffer: MAX_OUTPUT_BYTES,
      });
      const said = { stdout: "", stderr: "" };
      child.stdout.on("data", (chunk: Buffer) => {
        said.stdout += chunk.toString();
      });
      child.stderr.on("data", (chunk: Buffer) => {
        said.stderr += chunk.toString();
      });
      const kill = () => signalGroup(child.pid, "SIGKILL");
      command.signal?.addEventListener("abort", kill, { once: true });
      if (command.signal?.aborted) kill();
      let timer: NodeJS.Timeout | undefined;
      let timedOut = false;
      const left = new Promise<CommandResult>((resolve) => {
        if (command.timeoutMs === undefined) return;
        timer = setTimeout(() => {
          timedOut = true;
          signalGroup(child.pid, command.leaveAfterTimeout ? "SIGTERM" : "SIGKILL");
          if (command.leaveAfterTimeout) resolve({ exitCode: 143, ...said, timedOut });
        }, command.timeoutMs);
      });
      const ended = async (): Promise<CommandResult> => {
        const result = await child;
        const exitCode = result.exitCode ?? (result.code === "ENOENT" ? 127 : 1);
        const stderr =
          result.stderr || (result.failed && exitCode === 127 ? `${command.file} is not installed` : result.stderr);
        return { exitCode, stdout: result.stdout, stderr, timedOut };
      };
      try {
        return await Promise.race([ended(), left]);
      } finally {
        clearTimeout(timer);
        command.signal?.removeEventListener("abort", kill);
      }
    },
  };
}

function signalGroup(pid: number | undefined, signal: "SIGKILL" | "SIGTERM"): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}
