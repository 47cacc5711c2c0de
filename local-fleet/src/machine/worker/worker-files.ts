import { chmod, cp, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Lifecycle } from "@compose-fleet/emulator";
import type { ComposeShape } from "../docker/compose-project.ts";
import { FLEET_LABEL, WORKER_LABEL } from "../docker/docker.ts";
import { renderOverride } from "../docker/override-file.ts";

/** Where one emulated instance keeps its files. */
export interface WorkerHome {
  readonly folder: string;
  readonly stack: string;
  readonly envFile: string;
}

/** The folders of one instance below the fleet's state folder. */
export function workerHome(stateDir: string, instanceId: string): WorkerHome {
  const folder = join(stateDir, "workers", instanceId);
  return { folder, stack: join(folder, "stack-worker"), envFile: join(folder, "worker.env") };
}

export interface WorkerFilesSpec {
  readonly template: string;
  readonly shape: ComposeShape;
  readonly fleet: string;
  /** Name of the local fleet, which everything is labelled with. */
  readonly localName: string;
  readonly environment: string;
  readonly instanceId: string;
  readonly zone: string;
  readonly lifecycle: Lifecycle;
  readonly address: string;
  readonly vpcNetwork: string;
  /** An existing network in place of the worker's own `edge`; absent where it makes one itself. */
  readonly edgeNetwork?: string;
  readonly composeProject: string;
  /** By variable: those that come with the revision, and those that the machine names. */
  readonly images: {
    readonly own: Readonly<Record<string, string>>;
    readonly foreign: Readonly<Record<string, string>>;
  };
  /** Absent where CPU cannot be limited. */
  readonly cpu?: { readonly cores: number; readonly cgroupParent: string };
}

const OVERRIDE_FILE = "compose.local.yml";
/** Not part of what a worker runs. */
const LEFT_OUT = ["test", "node_modules"];

/** Puts an instance's disk together: a copy of stack-worker with the `.env` that a revision has, its own worker.env and the override. Rejects with the file system's error. */
export async function writeWorkerFiles(home: WorkerHome, spec: WorkerFilesSpec): Promise<void> {
  await mkdir(home.folder, { recursive: true, mode: 0o700 });
  await cp(spec.template, home.stack, { recursive: true, filter: (source) => !LEFT_OUT.includes(basename(source)) });
  const own = Object.entries(spec.images.own).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(home.stack, ".env"), own.join(""));
  await writeFile(home.envFile, workerEnv(home, spec), { mode: 0o600 });
  await writeOverride(home.stack, spec);
}

/** Writes the override beside the compose files of a folder. */
export async function writeOverride(folder: string, spec: WorkerFilesSpec): Promise<void> {
  const override = join(folder, OVERRIDE_FILE);
  await writeFile(override, workerOverride(spec));
  await chmod(override, 0o644);
}

/** The file that the worker's scripts source. */
export function workerEnv(home: WorkerHome, spec: WorkerFilesSpec): string {
  const variables: Record<string, string> = {
    FLEET_NAME: spec.fleet,
    FLEET_ENVIRONMENT: spec.environment,
    WORKER_ID: spec.instanceId,
    WORKER_ZONE: spec.zone,
    WORKER_LIFECYCLE: spec.lifecycle,
    FLEET_STATE_DIR: join(home.folder, "state"),
    FLEET_PARAMETER_COMMAND: "fleet-local-parameter",
    FLEET_OBJECT_COMMAND: "fleet-local-object",
    COMPOSE_PROJECT_NAME: spec.composeProject,
    COMPOSE_FILE: `compose.yml:${OVERRIDE_FILE}`,
    ...(spec.cpu ? { WORKER_CPU_LIMIT_CORES: String(spec.cpu.cores) } : {}),
    ...spec.images.foreign,
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join("");
}

/** nginx has the instance's address in the emulated network and publishes nothing; everything shares the instance's CPU. */
export function workerOverride(spec: WorkerFilesSpec): string {
  return renderOverride(spec.shape, {
    labels: { [FLEET_LABEL]: spec.localName, [WORKER_LABEL]: spec.instanceId },
    externalNetworks: {
      vpc: spec.vpcNetwork,
      ...(spec.edgeNetwork === undefined ? {} : { edge: spec.edgeNetwork }),
    },
    ...(spec.cpu ? { cgroupParent: spec.cpu.cgroupParent } : {}),
    services: {
      nginx: { networks: { services: {}, vpc: { ipv4_address: spec.address } }, ports: [] },
      // In edge as on AWS: else the network would come and go with the services that have it.
      agent: { networks: { services: { aliases: ["agent-local"] }, edge: {}, vpc: {} } },
    },
  });
}
