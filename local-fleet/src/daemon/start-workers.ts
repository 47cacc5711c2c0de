import {
  answerLaunchingHook,
  createInstanceStore,
  createWorkerGroup,
  type Disturbances,
  type LoadBalancer,
  launchRefusal,
  newGroupId,
  nextLifecycle,
  zoneNames,
} from "@compose-fleet/emulator";
import { lifecycleHooks } from "@compose-fleet/fleet";
import { isLeaving } from "@compose-fleet/group-model";
import type { LocalServices } from "../machine/local-services/local-services.ts";
import { createCpuQuotas } from "../machine/worker/cgroup.ts";
import { workerEnvironment } from "../machine/worker/script-runner.ts";
import { createWorkerMachine, type WorkerEvent } from "../machine/worker/worker-machine.ts";
import type { Ground, PreparedMachine } from "./ground.ts";
import type { StartDeps } from "./start-deps.ts";
import { startReleases } from "./start-releases.ts";
import { workerTemplate } from "./worker-template.ts";

/** What becomes of workers, told to people. `startFailure` is the first sentence about one that does not start. */
export function createWorkerNews(onEvent: StartDeps["onEvent"]) {
  let startFailure: string | undefined;
  return {
    startFailure: () => startFailure,
    onWorkerEvent: (event: WorkerEvent) => {
      if (event.kind !== "problem") return onEvent({ type: "worker", worker: event.instanceId, state: event.kind });
      if (event.sentence.includes("does not start")) startFailure ??= event.sentence;
      onEvent({ type: "problem", message: event.sentence });
    },
  };
}

export interface WorkersSpec {
  readonly ground: Ground;
  readonly prepared: PreparedMachine;
  readonly balancer: LoadBalancer;
  readonly localServices: LocalServices | undefined;
  readonly disturbances: Disturbances;
  readonly onWorkerEvent: (event: WorkerEvent) => void;
  readonly onProblem: (sentence: string) => void;
}

/** The instances, their releases and their group, which begins to launch at once. Fills in the parts, each as soon as it exists. */
export function startWorkers(
  deps: StartDeps,
  { ground, prepared, balancer, localServices, disturbances, ...told }: WorkersSpec,
) {
  const { options, config, runner, clock, parts } = deps;
  const instances = createInstanceStore(clock.nowMs);
  const template = workerTemplate(options, config, prepared.shape, (id) => workerEnvironment(ground.shell, id));
  const machine = createWorkerMachine({
    runner,
    clock,
    stateDir: options.stateDir,
    instances,
    balancer,
    addresses: ground.addresses,
    quotas: createCpuQuotas(options.name, prepared.cgroupHost, runner),
    ...(localServices === undefined ? {} : { localServices }),
    onEvent: told.onWorkerEvent,
    bringUp: (...worker) => releases.deployments.bringUp(...worker),
    userDataEnds: (instanceId) => answerHook(deps, instanceId, disturbances),
    nextLifecycle: () =>
      nextLifecycle(
        instances.list().filter(({ state }) => state === "pending" || state === "running"),
        config.workers.spot,
      ),
    launchRefusal: (zone, lifecycle) =>
      launchRefusal(disturbances, { instanceType: template.instanceType, zone, lifecycle }),
    template,
  });
  const releases = startReleases({
    options,
    config,
    runner,
    clock,
    instances,
    shell: ground.shell,
    machine,
    disturbances,
    // CodeDeploy deploys to members in Standby, too.
    members: () => (parts.workers?.group().instances ?? []).filter((each) => !isLeaving(each)).map(({ id }) => id),
  });
  Object.assign(parts, { instances, balancer, machine, deployments: releases.deployments });
  const workers = createWorkerGroup(groupSpec(deps, ground), {
    machine,
    clock,
    newId: newGroupId,
    onProblem: told.onProblem,
  });
  parts.workers = workers;
  return { instances, workers, releases };
}

function groupSpec({ options, config }: StartDeps, { resources }: Ground): Parameters<typeof createWorkerGroup>[0] {
  const { launching, terminating } = lifecycleHooks(config);
  return {
    name: resources.group,
    min: config.workers.min,
    max: config.workers.max,
    desired: config.workers.min,
    zones: zoneNames(config),
    cooldownSeconds: options.cooldownSeconds,
    terminateWhileSuspended: options.terminateWhileSuspended,
    // One controller only: nothing else may choose who goes.
    suspended: ["AZRebalance"],
    hooks: options.lifecycleHook ? [launching, terminating] : [],
  };
}

/** What a worker's user data does last. */
async function answerHook(
  { options, config, clock, signal, parts }: StartDeps,
  instanceId: string,
  { launchesAbandoned }: Disturbances,
): Promise<void> {
  const { workers } = parts;
  if (!workers || !options.lifecycleHook) return;
  const { launching } = lifecycleHooks(config);
  await answerLaunchingHook({ workers, clock, signal }, launching.name, instanceId, launchesAbandoned);
}
