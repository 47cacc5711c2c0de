import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import type { FirstStart } from "@compose-fleet/emulator";
import type { Clock, CommandResult, Runner } from "@compose-fleet/process";
import { workerHome } from "./worker-files.ts";

export interface WorkerScriptsDeps {
  readonly runner: Runner;
  readonly clock: Clock;
  readonly stateDir: string;
  /** What a shell on the instance sees. */
  readonly shell: (instanceId: string) => Readonly<Record<string, string>>;
  /** What a script that ended well had to say all the same: a service that does not answer, for example. */
  readonly onRemark: (instanceId: string, sentence: string) => void;
}

/** A worker's own scripts. What they say is kept in the log of its instance. */
export interface WorkerScripts {
  readonly start: (instanceId: string) => Promise<FirstStart>;
  /** Returns the end of what it said when it failed; undefined when it ended well. */
  readonly stop: (instanceId: string) => Promise<string | undefined>;
}

const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 120_000;

/** Runs the scripts of stack-worker as a shell on the instance does. */
export function createWorkerScripts({ runner, clock, stateDir, shell, onRemark }: WorkerScriptsDeps): WorkerScripts {
  async function script(
    instanceId: string,
    name: string,
    timeoutMs: number,
    args: readonly string[] = [],
  ): Promise<CommandResult> {
    const home = workerHome(stateDir, instanceId);
    const file = join(home.stack, name);
    const result = await runner.run({ file, args, cwd: home.folder, env: shell(instanceId), timeoutMs });
    const text = `${new Date(clock.nowMs()).toISOString()} ${name} ended with ${result.exitCode}\n${result.stdout}\n${result.stderr}\n`;
    await appendFile(join(stateDir, "logs", `${instanceId}.log`), text).catch(() => undefined);
    return result;
  }

  return {
    start: async (instanceId) => {
      const result = await script(instanceId, "start.sh", START_TIMEOUT_MS);
      if (result.exitCode === 0) {
        for (const [, sentence = ""] of result.stderr.matchAll(/^start\.sh: (.+)$/gm)) onRemark(instanceId, sentence);
        return { ok: true };
      }
      return { ok: false, problem: (result.stderr || result.stdout).trim().slice(-600) || "start.sh said nothing" };
    },
    stop: async (instanceId) => {
      const { exitCode, stderr } = await script(instanceId, "stop.sh", STOP_TIMEOUT_MS, ["--volumes"]);
      return exitCode === 0 ? undefined : `stop.sh ended with ${exitCode}: ${stderr.trim().slice(-300)}`;
    },
  };
}
