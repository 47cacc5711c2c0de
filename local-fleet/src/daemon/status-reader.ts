import { join } from "node:path";
import type { Deployments, InstanceStore, LoadBalancer, WorkerGroup } from "@compose-fleet/emulator";
import { isActive } from "@compose-fleet/emulator";
import { type FleetConfig, fleetNames, revisionBucket } from "@compose-fleet/fleet";
import type { LocalFleetOptions } from "../control/options.ts";
import type { LocalFleetStatus, WorkerStatus } from "../control/status.ts";
import { dockerNames } from "../machine/docker/docker.ts";
import { secretsFolder } from "../machine/monitoring/monitoring.ts";

export interface StatusSources {
  readonly options: LocalFleetOptions;
  readonly config: FleetConfig;
  readonly aws: LocalFleetStatus["aws"];
  /** What changes; the parts appear while the fleet starts. */
  readonly current: () => {
    readonly state: LocalFleetStatus["state"];
    readonly problems: readonly string[];
    readonly servingAtMs: ReadonlyMap<string, number>;
    readonly instances?: InstanceStore;
    readonly balancer?: LoadBalancer;
    readonly workers?: WorkerGroup;
    readonly deployments?: Deployments;
  };
}

/** A function that reads the fleet's status; cheap, no I/O. */
export function createStatusReader(sources: StatusSources): () => LocalFleetStatus {
  const { options, config } = sources;
  const { ports } = options;
  const local = (port: number) => `http://127.0.0.1:${port}`;
  const secrets = secretsFolder(options.stateDir);
  return () => {
    const now = sources.current();
    const group = now.workers?.group();
    const targets = new Map((now.balancer?.targets() ?? []).map((target) => [target.id, target.state]));
    return {
      name: options.name,
      environment: config.environment,
      state: now.state,
      pid: process.pid,
      group: {
        name: fleetNames(config).group,
        min: config.workers.min,
        max: config.workers.max,
        desired: group?.desired ?? config.workers.min,
      },
      workers: (now.instances?.list() ?? [])
        .filter((instance) => instance.state !== "terminated")
        .map((instance): WorkerStatus => {
          const servingAtMs = now.servingAtMs.get(instance.id);
          const { id, zone, address, state, launchedAtMs, bootMs } = instance;
          const target = targets.get(id) ?? "none";
          return {
            id,
            zone,
            address,
            state,
            target,
            launchedAtMs,
            ...(bootMs === undefined ? {} : { bootMs }),
            ...(servingAtMs === undefined ? {} : { servingAtMs }),
          };
        }),
      endpoints: {
        balancer: local(ports.balancer),
        balancerProxy: local(ports.balancerProxy),
        aws: local(ports.aws),
        wh: local(ports.wh),
        whStandby: local(ports.whStandby),
        prometheus: local(ports.prometheus),
        alertmanager: local(ports.alertmanager),
        grafana: local(ports.grafana),
      },
      aws: sources.aws,
      secretFiles: {
        apiToken: join(secrets, "api_token"),
        alertsToken: join(secrets, "alerts_token"),
        prometheusPassword: join(secrets, "prometheus_password"),
      },
      releases: releasesOf(config, now.deployments),
      containers: { monitoringProject: dockerNames(options.name).monitoringProject },
      problems: now.problems,
    };
  };
}

function releasesOf(config: FleetConfig, deployments: Deployments | undefined): LocalFleetStatus["releases"] {
  const names = fleetNames(config);
  const revision = deployments?.targetRevision()?.key;
  return {
    application: names.releaseApplication,
    deploymentGroup: names.workersDeploymentGroup,
    bucket: revisionBucket(config),
    ...(revision === undefined ? {} : { revision }),
    running: (deployments?.list() ?? [])
      .filter(isActive)
      .map(({ id, creator, description, revision: { key }, createdAtMs }) => ({
        id,
        creator,
        description,
        revision: key,
        createdAtMs,
      })),
  };
}
