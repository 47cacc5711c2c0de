import type { LocalFleetStatus } from "../control/status.ts";
import { workerHome } from "../machine/worker/worker-files.ts";
import { localFolders } from "./folders.ts";

/** What a shell on one machine of a local fleet begins with. */
export interface MachineShell {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Folder of what the machine runs. */
  readonly stack: string;
  /** The file worker.env, on a worker. */
  readonly workerEnv?: string;
}

/** A shell on the worker with this id. */
export function workerShell(root: string, fleet: string, id: string): MachineShell {
  const { folder, stack, envFile } = workerHome(localFolders(root, fleet).stateDir, id);
  const env = { FLEET_HOME: stack, FLEET_ROOT: folder, FLEET_WORKER_ENV: envFile };
  return { cwd: folder, env, stack, workerEnv: envFile };
}

/** A shell where monitoring runs: this machine. */
export function monitoringShell(
  root: string,
  { name, containers }: Pick<LocalFleetStatus, "name" | "containers">,
): MachineShell {
  const stack = localFolders(root, name).stackPrometheusDir;
  return { cwd: stack, env: { COMPOSE_PROJECT_NAME: containers.monitoringProject }, stack };
}
