import type { FleetConfig } from "./schema.ts";

/** Names of the fleet's resources in AWS, derived in one place so that infra, wh and local fleet agree. */
export interface FleetNames {
  readonly group: string;
  readonly table: string;
  readonly replicasParameter: string;
  /** SSM parameter of the image that workers start from, where `workers.image` is `baked`. */
  readonly workerImageParameter: string;
  readonly scaleDocument: string;
  readonly drainDocument: string;
  /** The lifecycle hook that holds a worker's termination until it has drained. */
  readonly terminatingHook: string;
  /** CodeDeploy's application of the fleet. */
  readonly releaseApplication: string;
  /** CodeDeploy's deployment group of the workers, within that application. */
  readonly workersDeploymentGroup: string;
  readonly monitoringHost: string;
  readonly secretParameter: (secret: string) => string;
  readonly workerTags: Readonly<Record<string, string>>;
}

/** The resource names of one fleet in one environment. */
export function fleetNames(config: Pick<FleetConfig, "name" | "environment" | "network">): FleetNames {
  const prefix = `fleet-${config.name}-${config.environment}`;
  const path = `/fleet/${config.name}/${config.environment}`;
  return {
    group: `${prefix}-workers`,
    table: `${prefix}-state`,
    replicasParameter: `${path}/replicas`,
    workerImageParameter: `${path}/worker-image`,
    scaleDocument: `${prefix}-scale`,
    drainDocument: `${prefix}-drain`,
    terminatingHook: `${prefix}-terminating`,
    releaseApplication: `${prefix}-releases`,
    workersDeploymentGroup: "workers",
    monitoringHost: `monitoring.${config.network.privateZone}`,
    secretParameter: (secret) => `${path}/secrets/${secret}`,
    workerTags: { worker: "true", fleet: config.name, environment: config.environment, Name: `${prefix}-worker` },
  };
}
