import type { MachineKind } from "./machines.ts";
import type { FleetConfig } from "./schema.ts";

type Named = Pick<FleetConfig, "name" | "environment">;

/** What the names of a fleet's resources begin with. */
export function fleetPrefix({ name, environment }: Named): string {
  return `fleet-${name}-${environment}`;
}

const HASH_LENGTH = 6;

/** `full`, or where it is longer than `limit` characters its beginning and a hash, so that two long names stay different. `sha256` in hexadecimal. */
export function shortName(full: string, limit: number, sha256: (text: string) => string): string {
  if (full.length <= limit) return full;
  return `${beginningOf(full, limit).replace(/-+$/, "")}-${sha256(full).slice(0, HASH_LENGTH)}`;
}

/** What is left at most of a name that `shortName` shortens to `limit`, without its hash. */
export function beginningOf(full: string, limit: number): string {
  return full.slice(0, limit - HASH_LENGTH - 1);
}

/** Names of the fleet's resources in AWS, derived in one place so that infra, wh and local fleet agree. */
export interface FleetNames {
  readonly group: string;
  readonly table: string;
  readonly replicasParameter: string;
  /** SSM parameter of the image that workers start from, where `workers.image` is `baked`. */
  readonly workerImageParameter: string;
  /** SSM parameter of the services that are in maintenance. */
  readonly maintenanceParameter: string;
  readonly scaleDocument: string;
  readonly drainDocument: string;
  readonly maintenanceDocument: string;
  readonly jobDocument: string;
  /** CodeDeploy's application of the fleet. */
  readonly releaseApplication: string;
  /** CodeDeploy's deployment group of the workers, within that application. */
  readonly workersDeploymentGroup: string;
  /** SQS queue of what AWS tells of the fleet's machines and deployments. */
  readonly eventQueue: string;
  readonly monitoringHost: string;
  /** CloudWatch log group of the containers and scripts of one kind of machine. */
  readonly logGroup: (kind: MachineKind) => string;
  readonly secretParameter: (secret: string) => string;
  readonly workerTags: Readonly<Record<string, string>>;
}

/** The resource names of one fleet in one environment. */
export function fleetNames(config: Pick<FleetConfig, "name" | "environment" | "network">): FleetNames {
  const prefix = fleetPrefix(config);
  const path = `/fleet/${config.name}/${config.environment}`;
  return {
    group: `${prefix}-workers`,
    table: `${prefix}-state`,
    replicasParameter: `${path}/replicas`,
    workerImageParameter: `${path}/worker-image`,
    maintenanceParameter: `${path}/maintenance`,
    scaleDocument: `${prefix}-scale`,
    drainDocument: `${prefix}-drain`,
    maintenanceDocument: `${prefix}-maintenance`,
    jobDocument: `${prefix}-job`,
    releaseApplication: `${prefix}-releases`,
    workersDeploymentGroup: "workers",
    eventQueue: `${prefix}-events`,
    monitoringHost: `monitoring.${config.network.privateZone}`,
    logGroup: (kind) => `${path}/${kind}`,
    secretParameter: (secret) => `${path}/secrets/${secret}`,
    workerTags: { worker: "true", fleet: config.name, environment: config.environment, Name: `${prefix}-worker` },
  };
}
