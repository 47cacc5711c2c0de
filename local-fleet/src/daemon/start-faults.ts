import { join } from "node:path";
import type {
  Deployments,
  Disturbances,
  EventQueue,
  InstanceStore,
  LoadBalancer,
  WorkerGroup,
} from "@compose-fleet/emulator";
import { isActive, machineEvent, newUuid } from "@compose-fleet/emulator";
import { type Clock, messageOf, type Runner } from "@compose-fleet/process";
import type { LocalFleetOptions } from "../control/options.ts";
import { busyRegistry } from "../faults/busy-registry.ts";
import { cloudFaults } from "../faults/cloud-faults.ts";
import { FaultError } from "../faults/fault.ts";
import { killHost } from "../faults/kill-host.ts";
import { leadingWh } from "../faults/leading-wh.ts";
import { monitoringFaults } from "../faults/monitoring-faults.ts";
import { createFaultRegistry, type FaultRegistry } from "../faults/registry.ts";
import { spotFaults } from "../faults/spot-faults.ts";
import { workerFaults } from "../faults/worker-faults.ts";
import { dockerNames } from "../machine/docker/docker.ts";
import { shiftClock } from "../machine/monitoring/clock-shift.ts";
import { secretsFolder } from "../machine/monitoring/monitoring.ts";
import type { Outside } from "../outside/start-outside.ts";

/** It never gets further than to the instance that hangs, so that nobody asks for its revision. */
const HANGING_DEPLOYMENT = {
  description: "waits for a worker that hangs",
  ignoreApplicationStopFailures: false,
  fileExistsBehavior: "OVERWRITE",
  autoRollback: { enabled: false, events: [] },
} as const;

export interface StartFaultsDeps {
  readonly options: LocalFleetOptions;
  readonly runner: Runner;
  readonly clock: Clock;
  readonly parts: {
    readonly instances: InstanceStore;
    readonly balancer: LoadBalancer;
    readonly workers: WorkerGroup;
    readonly disturbances: Disturbances;
    readonly events: EventQueue;
    readonly deployments: Deployments;
    readonly outside: Outside;
  };
  readonly region: string;
  /** The bucket of revisions. */
  readonly bucket: string;
  readonly onProblem: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** The faults of a fleet that runs; those of the monitoring instance only where there is one. */
export function startFaults(deps: StartFaultsDeps): FaultRegistry {
  const { options, runner, clock, parts, signal } = deps;
  const { instances, balancer, workers, disturbances, events, deployments, outside } = parts;
  const names = dockerNames(options.name);

  const pickWorker = async (worker: string | undefined): Promise<string> => {
    const running = instances.list().filter((each) => each.state === "running" && !each.impaired);
    if (worker !== undefined) {
      if (!running.some((each) => each.id === worker))
        throw new FaultError(
          404,
          `no worker ${worker} runs: ${running.map((each) => each.id).join(", ") || "none"} do`,
        );
      return worker;
    }
    const healthy = new Set(balancer.targets().flatMap((target) => (target.state === "healthy" ? [target.id] : [])));
    const first = running.find((each) => healthy.has(each.id)) ?? running[0];
    if (!first) throw new FaultError(409, "no worker runs");
    return first.id;
  };

  const hostFailed = (instanceId: string) => {
    instances.update(instanceId, { impaired: true });
    void clock.sleep(options.statusCheckSeconds * 1000, signal).then(
      () => workers.lost(instanceId),
      () => undefined,
    );
  };

  const kill = (instanceId: string) => killHost(runner, names.workerProject(instanceId), () => hostFailed(instanceId));
  const runs = (instanceId: string) => {
    const { state, impaired } = instances.get(instanceId) ?? {};
    return state === "running" && !impaired;
  };

  const url = (port: number) => `http://127.0.0.1:${port}`;
  const scalers = [
    { service: "wh", url: url(options.ports.wh) },
    { service: "wh-standby", url: url(options.ports.whStandby) },
  ];
  const monitoring = monitoringFaults({
    runner,
    project: names.monitoringProject,
    leadingService: () => leadingWh(scalers, join(secretsFolder(options.stateDir), "api_token")),
    alertmanagerFile: join(options.stackPrometheusDir, "rendered", "alertmanager.yml"),
    shiftClock: (service, ms) => shiftClock(options.stateDir, service, ms),
    whServices: scalers.map(({ service }) => service),
    clock,
    outside,
  });

  const deploy = (instanceId: string) => {
    const { id } = deployments.create(
      { ...HANGING_DEPLOYMENT, revision: { bucket: deps.bucket, key: "workers/hangs.tgz", bundleType: "tgz" } },
      instanceId,
    );
    return () => {
      const deployment = deployments.get(id);
      if (deployment && isActive(deployment)) deployments.stop(id, false);
    };
  };

  return createFaultRegistry({
    clock,
    newId: newUuid,
    onProblem: deps.onProblem,
    faults: [
      ...(options.monitoring ? monitoring : []),
      ...workerFaults({
        runner,
        pickWorker,
        project: names.workerProject,
        vpcNetwork: names.vpc,
        addressOf: (id) => instances.get(id)?.address,
        killHost: kill,
        setCut: (id, cut) => instances.update(id, { cut }),
        setHung: (id, hung) => instances.update(id, { hung }),
        deploy,
      }),
      ...spotFaults({
        pickWorker,
        running: () => workers.group().instances.flatMap(({ id }) => (runs(id) ? [id] : [])),
        notify: (instanceId) =>
          events.send(machineEvent("interruption", { instanceId, region: deps.region, atMs: clock.nowMs() }), 2),
        takeAway: async (instanceId) => {
          if (runs(instanceId)) await kill(instanceId);
        },
        sleep: (ms) => clock.sleep(ms, signal),
        onProblem: (error) => deps.onProblem(`a Spot machine was not taken away: ${messageOf(error)}`),
      }),
      busyRegistry(join(options.stateDir, "bin")),
      ...cloudFaults({ disturbances, pickWorker, workers, deployments }),
    ],
  });
}
