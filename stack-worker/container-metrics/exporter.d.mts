import type { DockerClient, ListedContainer } from "./docker-client.mjs";
import type { Trouble } from "./healing/healer.mjs";

export interface ExporterDeps {
  readonly docker: DockerClient;
  /** Compose project whose containers are shown. */
  readonly project: string;
  /** Names of the fleet's services. */
  readonly services: () => Promise<string[]>;
  /** Whether the worker drains. Rejects when that cannot be seen. */
  readonly isDraining: () => Promise<boolean>;
  /** Ids of replicas that finish their work before they end; none where it is left out. */
  readonly leavingIds?: () => Promise<ReadonlySet<string>>;
  /** What people should hear of the services; nothing where it is left out. */
  readonly troubles?: () => readonly Trouble[];
  readonly cpuLimitCores: number | undefined;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

export interface Exporter {
  scrape(): Promise<{ readonly status: number; readonly text: string }>;
}

export function createExporter(deps: ExporterDeps): Exporter;
export function countReady(
  names: readonly string[],
  containers: readonly ListedContainer[],
  isAny?: boolean,
): Map<string, number>;
