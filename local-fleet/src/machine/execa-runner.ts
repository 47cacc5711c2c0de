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
      let timedOut = false;
      const timer =
        command.timeoutMs === undefined
          ? undefined
          : setTimeout(() => {
              timedOut = true;
              killGroup(child.pid);
            }, command.timeoutMs);
      const result = await child;
      clearTimeout(timer);
      const exitCode = result.exitCode ?? (result.code === "ENOENT" ? 127 : 1);
      const stderr =
        result.stderr || (result.failed && exitCode === 127 ? `${command.file} is not installed` : result.stderr);
      return { exitCode, stdout: result.stdout, stderr, timedOut };
    },
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
