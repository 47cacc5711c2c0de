import { join } from "node:path";

/** Where a project keeps its local fleets, a folder each. */
export function fleetsFolder(root: string): string {
  return join(root, ".fleet", "local");
}

/** Folders of one local fleet. */
export interface LocalFolders {
  readonly stateDir: string;
  readonly stackWorkerDir: string;
  readonly stackPrometheusDir: string;
  /** The fleet file as it runs here. */
  readonly fleetFile: string;
  /** Names the fleet file that it was made of. */
  readonly fleetSource: string;
  /** What runs beside its workers, as compose read it. */
  readonly localServices: string;
  /** What it was started with. */
  readonly options: string;
}

/** Where a local fleet of this name keeps everything. */
export function localFolders(root: string, name: string): LocalFolders {
  const stateDir = join(fleetsFolder(root), name);
  return {
    stateDir,
    stackWorkerDir: join(stateDir, "template", "stack-worker"),
    stackPrometheusDir: join(stateDir, "template", "stack-prometheus"),
    fleetFile: join(stateDir, "fleet.yaml"),
    fleetSource: join(stateDir, "fleet-source"),
    localServices: join(stateDir, "local-services.json"),
    options: join(stateDir, "options.json"),
  };
}
