import type { InstanceStore } from "@compose-fleet/emulator";
import {
  AUTO_ROLLBACK,
  createDeployments,
  createObjectStore,
  type Deployments,
  type Disturbances,
  newDeploymentId,
  newSecret,
  type ObjectStore,
  readAlarmStates,
} from "@compose-fleet/emulator";
import { type FleetConfig, fleetNames, revisionBucket } from "@compose-fleet/fleet";
import type { Clock, Runner } from "@compose-fleet/process";
import type { LocalFleetOptions } from "../control/options.ts";
import { createReleaseAgent } from "../machine/agent/release-agent.ts";
import { dockerNames, FLEET_LABEL } from "../machine/docker/docker.ts";
import { createRegistry, type Registry } from "../machine/registry/registry.ts";
import { type WorkerShellDeps, workerEnvironment } from "../machine/worker/script-runner.ts";
import type { WorkerMachine } from "../machine/worker/worker-machine.ts";

export interface StartReleasesDeps {
  readonly options: LocalFleetOptions;
  readonly config: FleetConfig;
  readonly runner: Runner;
  readonly clock: Clock;
  readonly instances: InstanceStore;
  readonly shell: Omit<WorkerShellDeps, "runner">;
  readonly machine: Pick<WorkerMachine, "addLocalFiles">;
  readonly disturbances: Pick<Disturbances, "alarmStates" | "alarmsUnreadable">;
  /** Ids of the instances that count in the group. */
  readonly members: () => readonly string[];
}

/** The emulated bucket of revisions, and the deployments that install them. */
export function startReleases(deps: StartReleasesDeps): {
  readonly deployments: Deployments;
  readonly objects: ObjectStore;
} {
  const { options, config, runner, clock, instances } = deps;
  const names = fleetNames(config);
  const objects = createObjectStore(revisionBucket(config), clock.nowMs);
  const agent = createReleaseAgent({
    runner,
    stateDir: options.stateDir,
    application: names.releaseApplication,
    deploymentGroup: names.workersDeploymentGroup,
    fetch: ({ bucket, key }) => (bucket === objects.bucket ? objects.get(key)?.body : undefined),
    shell: (instanceId) => workerEnvironment(deps.shell, instanceId),
    addLocalFiles: deps.machine.addLocalFiles,
  });
  const deployments = createDeployments({
    clock,
    agent,
    instances,
    members: deps.members,
    newDeploymentId,
    alarmStates: readAlarmStates(deps.disturbances),
    settings: { autoRollback: AUTO_ROLLBACK, silenceMs: options.agentSilenceSeconds * 1000 },
  });
  return { deployments, objects };
}

/** The fleet's registry of images; it starts when somebody asks for its password. */
export function registryOf(
  { options, runner, clock }: Pick<StartReleasesDeps, "options" | "runner" | "clock">,
  userDockerConfig: string | undefined,
): Registry {
  const names = dockerNames(options.name);
  return createRegistry({
    runner,
    clock,
    stateDir: options.stateDir,
    fleet: options.name,
    image: options.images.REGISTRY_IMAGE,
    network: names.edge,
    labels: { [FLEET_LABEL]: options.name },
    password: newSecret(),
    userDockerConfig,
  });
}
