import { delimiter } from "node:path";
import type { ScriptRunner } from "@compose-fleet/emulator";
import type { Runner } from "@compose-fleet/process";
import { workerHome } from "./worker-files.ts";

export interface WorkerShellDeps {
  readonly runner: Runner;
  readonly stateDir: string;
  /** Folder with the commands that an instance has, put first in the path. */
  readonly binDir: string;
  /** The path of this machine. */
  readonly path: string;
  /** Folder of Docker's client configuration, with the registry's credentials; undefined until there is a registry. */
  readonly dockerConfig: () => string | undefined;
}

/** What a shell on an instance sees: where the stack is and who it is. */
export function workerEnvironment(deps: Omit<WorkerShellDeps, "runner">, instanceId: string): Record<string, string> {
  const home = workerHome(deps.stateDir, instanceId);
  const dockerConfig = deps.dockerConfig();
  return {
    PATH: `${deps.binDir}${delimiter}${deps.path}`,
    FLEET_HOME: home.stack,
    FLEET_ROOT: home.folder,
    FLEET_WORKER_ENV: home.envFile,
    ...(dockerConfig === undefined ? {} : { DOCKER_CONFIG: dockerConfig }),
  };
}

/** Runs SSM's scripts with bash, as the agent on the instance does. */
export function createScriptRunner(deps: WorkerShellDeps): ScriptRunner {
  return {
    run: (instanceId, script) =>
      deps.runner.run({
        file: "bash",
        args: ["-c", script.text],
        cwd: workerHome(deps.stateDir, instanceId).folder,
        env: workerEnvironment(deps, instanceId),
        timeoutMs: script.timeoutSeconds * 1000,
      }),
  };
}
