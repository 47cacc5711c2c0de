import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { loadDocuments } from "@compose-fleet/emulator";
import { fleetNames } from "@compose-fleet/fleet";
import { controlSocket } from "../control/control-client.ts";
import { planAddresses } from "../machine/docker/addresses.ts";
import { readComposeShape } from "../machine/docker/compose-project.ts";
import { CONTROL_LABEL, dockerNames, FLEET_LABEL } from "../machine/docker/docker.ts";
import { createNetworks } from "../machine/docker/networks.ts";
import { detectCgroupHost } from "../machine/worker/cgroup.ts";
import { writeInstanceCommands } from "../machine/worker/instance-commands.ts";
import { AWS_SOCKET, socketFolder } from "../sockets/socket-names.ts";
import type { StartDeps } from "./start-deps.ts";
import { registryOf } from "./start-releases.ts";

/** What the parts of one fleet have in common: names, addresses, sockets. Nothing happens yet. */
export function groundOf(deps: StartDeps) {
  const { options, config } = deps;
  const { stateDir } = options;
  const registry = registryOf(deps, deps.dockerConfig);
  return {
    names: dockerNames(options.name),
    resources: fleetNames(config),
    labels: { [FLEET_LABEL]: options.name },
    addresses: planAddresses(config.network.cidr),
    registry,
    /** What a shell on a worker is made of. */
    shell: { stateDir, binDir: join(stateDir, "bin"), path: deps.path, dockerConfig: registry.dockerConfig },
    awsSocket: join(socketFolder(stateDir), AWS_SOCKET),
  };
}

export type Ground = ReturnType<typeof groundOf>;

/** Makes the folders that containers and this process share. Rejects with the file system's error. */
export async function makeFolders(stateDir: string): Promise<void> {
  for (const folder of [socketFolder(stateDir), join(stateDir, "logs"), join(stateDir, "monitoring")])
    await mkdir(folder, { recursive: true });
  // Containers run by other users put sockets in here; the folder above is closed to everybody else on this machine.
  await chmod(socketFolder(stateDir), 0o777);
}

/** Creates the networks, and finds out what everything else needs to know of Docker and of the stacks. Rejects with the first failure. */
export async function prepareMachine({ options, config, runner, clock, aws }: StartDeps, ground: Ground) {
  const [shape, cgroupHost, documents] = await Promise.all([
    readComposeShape(runner, options.stackWorkerDir, options.images),
    detectCgroupHost(runner),
    loadDocuments(join(options.stackWorkerDir, "ssm"), ground.resources, clock.nowMs()),
    writeInstanceCommands(ground.shell.binDir, ground.awsSocket, aws.accessKeyId),
    createNetworks(runner, {
      names: ground.names,
      cidr: config.network.cidr,
      addresses: ground.addresses,
      labels: { ...ground.labels, [CONTROL_LABEL]: controlSocket(options.stateDir) },
    }),
  ]);
  return { shape, cgroupHost, documents };
}

export type PreparedMachine = Awaited<ReturnType<typeof prepareMachine>>;
