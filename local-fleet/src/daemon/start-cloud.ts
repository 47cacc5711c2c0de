import {
  createEmulatedCloud,
  createParameterStore,
  type Disturbances,
  type EventQueue,
  type LoadBalancer,
} from "@compose-fleet/emulator";
import { createScriptRunner } from "../machine/worker/script-runner.ts";
import { listenOnSocket } from "../sockets/listen-on-socket.ts";
import type { Ground, PreparedMachine } from "./ground.ts";
import type { StartDeps } from "./start-deps.ts";
import type { startWorkers } from "./start-workers.ts";

export interface CloudSpec {
  readonly ground: Ground;
  readonly prepared: PreparedMachine;
  readonly balancer: LoadBalancer;
  readonly disturbances: Disturbances;
  readonly events: EventQueue;
  readonly running: ReturnType<typeof startWorkers>;
}

/** The emulated AWS, listening where containers reach it. Rejects when the socket is taken. */
export async function startCloud(
  deps: StartDeps,
  { ground, prepared, balancer, disturbances, events, running }: CloudSpec,
): Promise<void> {
  const { config, clock, runner, aws, options } = deps;
  const parameters = createParameterStore(clock.nowMs);
  parameters.put({
    name: ground.resources.secretParameter("REMOTE_WRITE_PASSWORD"),
    value: deps.secrets.remoteWritePassword,
    type: "SecureString",
    overwrite: true,
  });
  for (const [name, value] of Object.entries(options.secrets))
    parameters.put({ name: ground.resources.secretParameter(name), value, type: "SecureString", overwrite: true });
  const front = await createEmulatedCloud({
    config,
    clock,
    instances: running.instances,
    workers: running.workers,
    balancer,
    disturbances,
    events,
    scripts: createScriptRunner({ runner, ...ground.shell }),
    releases: { ...running.releases, registry: ground.registry.running },
    settings: {
      accessKeyId: aws.accessKeyId,
      consistencyDelayMs: options.consistencyDelayMs,
      documents: prepared.documents,
      parameters,
    },
  });
  deps.parts.front = front;
  await listenOnSocket(front, ground.awsSocket, 0o666);
}
