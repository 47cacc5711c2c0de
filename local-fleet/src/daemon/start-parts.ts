import { chmod, mkdir } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import type { Deployments } from "@compose-fleet/emulator";
import {
  answerLaunchingHook,
  createEmulatedCloud,
  createInstanceStore,
  createLoadBalancer,
  createParameterStore,
  createWorkerGroup,
  type InstanceStore,
  type LoadBalancer,
  loadDocuments,
  newGroupId,
  noCapacity,
  noDisturbances,
  type WorkerGroup,
  zoneNames,
} from "@compose-fleet/emulator";
import { type FleetConfig, fleetNames, lifecycleHooks, revisionBucket } from "@compose-fleet/fleet";
import { isLeaving } from "@compose-fleet/group-model";
import type { Clock, Runner } from "@compose-fleet/process";
import { controlSocket } from "../control/control-client.ts";
import { type OnEvent, step } from "../control/events.ts";
import type { LocalFleetOptions } from "../control/options.ts";
import type { LocalFleetStatus } from "../control/status.ts";
import type { FaultRegistry } from "../faults/registry.ts";
import { planAddresses } from "../machine/docker/addresses.ts";
import { readComposeShape } from "../machine/docker/compose-project.ts";
import { CONTROL_LABEL, dockerNames, FLEET_LABEL } from "../machine/docker/docker.ts";
import { createNetworks } from "../machine/docker/networks.ts";
import { createFrontContainers } from "../machine/front/front-containers.ts";
import { isRefused } from "../machine/front/loopback-port.ts";
import { watchPorts } from "../machine/front/port-watch.ts";
import { type MonitoringSecrets, startMonitoring } from "../machine/monitoring/monitoring.ts";
import { createCpuQuotas, detectCgroupHost } from "../machine/worker/cgroup.ts";
import { writeParameterCommand } from "../machine/worker/parameter-command.ts";
import { createScriptRunner, workerEnvironment } from "../machine/worker/script-runner.ts";
import { createWorkerMachine, type WorkerEvent, type WorkerMachine } from "../machine/worker/worker-machine.ts";
import { type Outside, startOutside } from "../outside/start-outside.ts";
import { listenOnSocket } from "../sockets/listen-on-socket.ts";
import { AWS_SOCKET, OUTSIDE_SOCKET, socketFolder } from "../sockets/socket-names.ts";
import { monitoringDeps } from "./monitoring-deps.ts";
import { startFaults } from "./start-faults.ts";
import { registryOf, startReleases } from "./start-releases.ts";
import { untilReady } from "./until-ready.ts";
import { workerTemplate } from "./worker-template.ts";

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

/** Starts networks, front, monitoring and the first workers, as much as possible at once. Rejects with the first failure. */
export async function startParts(deps: StartDeps): Promise<void> {
  const { options, config, runner, clock, parts, signal, onEvent } = deps;
  const { stateDir } = options;
  const names = dockerNames(options.name);
  const resources = fleetNames(config);
  const labels = { [FLEET_LABEL]: options.name };
  const addresses = planAddresses(config.network.cidr);
  const registry = registryOf(deps, deps.dockerConfig);
  const shell = { stateDir, binDir: join(stateDir, "bin"), path: deps.path, dockerConfig: registry.dockerConfig };
  const run = <Result>(name: string, work: () => Promise<Result>) => step(onEvent, clock.nowMs, name, work);
  const problem = (message: string) => onEvent({ type: "problem", message });

  for (const folder of [socketFolder(stateDir), join(stateDir, "logs"), join(stateDir, "monitoring")])
    await mkdir(folder, { recursive: true });
  // Containers run by other users put sockets in here; the folder above is closed to everybody else on this machine.
  await chmod(socketFolder(stateDir), 0o777);
  const awsSocket = join(socketFolder(stateDir), AWS_SOCKET);

  parts.outside = await startOutside({
    socket: join(socketFolder(stateDir), OUTSIDE_SOCKET),
    telegramToken: deps.secrets.telegramToken,
    prometheusPort: options.ports.prometheus,
    now: clock.nowMs,
  });

  const [shape, cgroupHost, documents] = await run("networks", async () => {
    const prepared = await Promise.all([
      readComposeShape(runner, options.stackWorkerDir, options.images),
      detectCgroupHost(runner),
      loadDocuments(join(options.stackWorkerDir, "ssm"), resources, clock.nowMs()),
      writeParameterCommand(shell.binDir, awsSocket, deps.aws.accessKeyId),
      createNetworks(runner, {
        names,
        cidr: config.network.cidr,
        addresses,
        labels: { ...labels, [CONTROL_LABEL]: controlSocket(stateDir) },
      }),
    ]);
    return prepared;
  });
  signal.throwIfAborted();

  const containers = createFrontContainers({
    runner,
    names,
    labels,
    stateDir,
    nginxImage: options.images.NGINX_IMAGE ?? "",
    cidr: config.network.cidr,
    ports: options.ports,
  });
  const frontStarted = run("load balancer", containers.start);
  const monitoringStarted = options.monitoring
    ? run("monitoring", () => startMonitoring(monitoringDeps(deps)))
    : Promise.resolve();
  // Awaited below; until then a failure must not count as unhandled.
  frontStarted.catch(() => undefined);
  monitoringStarted.catch(() => undefined);

  let bootFailure: string | undefined;
  const onWorkerEvent = (event: WorkerEvent) => {
    if (event.kind !== "problem") return onEvent({ type: "worker", worker: event.instanceId, state: event.kind });
    if (event.sentence.includes("does not start")) bootFailure ??= event.sentence;
    problem(event.sentence);
  };
  const instances = createInstanceStore(clock.nowMs);
  const balancer = createLoadBalancer({
    machine: {
      probe: containers.balancer.probe,
      route: async (targets) => {
        await frontStarted;
        await containers.balancer.route(targets);
      },
    },
    clock,
    onProblem: (sentence) => {
      if (!signal.aborted) problem(sentence);
    },
    rules: {
      intervalMs: options.health.intervalSeconds * 1000,
      healthyThreshold: options.health.healthyThreshold,
      unhealthyThreshold: options.health.unhealthyThreshold,
      registrationLagMs: options.registrationLagSeconds * 1000,
      deregistrationLagMs: options.deregistrationLagSeconds * 1000,
    },
  });
  const disturbances = noDisturbances();
  const { launching, terminating } = lifecycleHooks(config);
  const template = workerTemplate(options, config, shape, (instanceId) => workerEnvironment(shell, instanceId));
  const machine = createWorkerMachine({
    runner,
    clock,
    stateDir,
    instances,
    balancer,
    addresses,
    quotas: createCpuQuotas(options.name, cgroupHost, runner),
    onEvent: onWorkerEvent,
    bringUp: (...worker) => releases.deployments.bringUp(...worker),
    userDataEnds: async (instanceId) => {
      const { workers } = parts;
      if (workers && options.lifecycleHook)
        await answerLaunchingHook(
          { workers, clock, signal },
          launching.name,
          instanceId,
          disturbances.launchesAbandoned,
        );
    },
    launchRefusal: (zone) => (disturbances.launchesFail ? noCapacity(template.instanceType, zone) : undefined),
    template,
  });
  const releases = startReleases({
    options,
    config,
    runner,
    clock,
    instances,
    shell,
    machine,
    disturbances,
    // CodeDeploy deploys to members in Standby, too.
    members: () => (parts.workers?.group().instances ?? []).filter((each) => !isLeaving(each)).map(({ id }) => id),
  });
  Object.assign(parts, { instances, balancer, machine, deployments: releases.deployments });

  const workers = createWorkerGroup(
    {
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
    },
    { machine, clock, newId: newGroupId, onProblem: problem },
  );
  parts.workers = workers;

  const parameters = createParameterStore(clock.nowMs);
  parameters.put({
    name: resources.secretParameter("REMOTE_WRITE_PASSWORD"),
    value: deps.secrets.remoteWritePassword,
    type: "SecureString",
    overwrite: true,
  });
  const front = await createEmulatedCloud({
    config,
    clock,
    instances,
    workers,
    balancer,
    disturbances,
    scripts: createScriptRunner({ runner, ...shell }),
    releases: { ...releases, registry: registry.running },
    settings: {
      accessKeyId: deps.aws.accessKeyId,
      consistencyDelayMs: options.consistencyDelayMs,
      documents,
      parameters,
    },
  });
  parts.front = front;
  await listenOnSocket(front, awsSocket, 0o666);

  await Promise.all([frontStarted, monitoringStarted]);
  const whReady = options.monitoring ? `http://127.0.0.1:${options.ports.wh}/readyz` : undefined;
  await run("first workers", () =>
    untilReady({ workers, balancer, clock, whReady, failure: () => bootFailure, signal }),
  );
  void watchPorts(
    {
      isRefused,
      works: () => balancer.targets().some(({ state }) => state === "healthy"),
      restart: containers.restartBalancer,
      clock,
      onProblem: problem,
      signal,
    },
    [options.ports.balancer, options.ports.balancerProxy],
  );
  parts.faults = startFaults({
    options,
    runner,
    clock,
    parts: { instances, balancer, workers, disturbances, deployments: releases.deployments, outside: parts.outside },
    bucket: revisionBucket(config),
    onProblem: problem,
    signal,
  });
}
