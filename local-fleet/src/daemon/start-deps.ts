import type { Server } from "node:http";
import type { Deployments, InstanceStore, LoadBalancer, WorkerGroup } from "@compose-fleet/emulator";
import type { FleetConfig } from "@compose-fleet/fleet";
import type { Clock, Runner } from "@compose-fleet/process";
import type { OnEvent } from "../control/events.ts";
import type { LocalFleetOptions } from "../control/options.ts";
import type { LocalFleetStatus } from "../control/status.ts";
import type { FaultRegistry } from "../faults/registry.ts";
import type { MonitoringSecrets } from "../machine/monitoring/monitoring.ts";
import type { WorkerMachine } from "../machine/worker/worker-machine.ts";
import type { Outside } from "../outside/start-outside.ts";

/** What runs once a fleet has started; stopping needs each of them as soon as it exists. */
export interface RunningParts {
  instances: InstanceStore;
  balancer: LoadBalancer;
  machine: WorkerMachine;
  workers: WorkerGroup;
  front: Server;
  outside: Outside;
  deployments: Deployments;
  faults: FaultRegistry;
}

export interface StartDeps {
  readonly options: LocalFleetOptions;
  readonly config: FleetConfig;
  readonly runner: Runner;
  readonly clock: Clock;
  readonly aws: LocalFleetStatus["aws"];
  readonly secrets: MonitoringSecrets;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly path: string;
  /** Folder of the user's Docker client configuration. */
  readonly dockerConfig?: string | undefined;
  readonly onEvent: OnEvent;
  readonly signal: AbortSignal;
  /** Filled in while starting. */
  readonly parts: Partial<RunningParts>;
}
