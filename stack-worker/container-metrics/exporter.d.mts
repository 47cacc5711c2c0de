import type { DockerClient, ListedContainer } from "./docker-client.mjs";

export interface ExporterDeps {
  readonly docker: DockerClient;
  /** Compose project whose containers are shown. */
  readonly project: string;
  /** Names of the fleet's services. */
  readonly services: () => Promise<string[]>;
  /** Whether the worker drains. Rejects when that cannot be seen. */
  readonly isDraining: () => Promise<boolean>;
  readonly cpuLimitCores: number | undefined;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

export interface Exporter {
  scrape(): Promise<{ readonly status: number; readonly text: string }>;
}

export function createExporter(deps: ExporterDeps): Exporter;
export function countReady(names: readonly string[], containers: readonly ListedContainer[]): Map<string, number>;
