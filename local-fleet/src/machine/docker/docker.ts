import type { Command } from "@compose-fleet/process";

/** Everything that belongs to a local fleet carries this label with the fleet's name. */
export const FLEET_LABEL = "compose-fleet.local";
/** What belongs to one worker also carries this one, with the instance's id. */
export const WORKER_LABEL = "compose-fleet.worker";
/** The networks say where their fleet's process listens. */
export const CONTROL_LABEL = "compose-fleet.control";

/** Port of a registry inside its container. */
export const REGISTRY_PORT = 5000;

/** Names of what one local fleet owns in Docker. */
export function dockerNames(fleet: string) {
  const prefix = `compose-fleet-${fleet}`;
  return {
    vpc: `${prefix}-vpc`,
    edge: `${prefix}-edge`,
    aws: `${prefix}-aws`,
    balancer: `${prefix}-lb`,
    registry: `${prefix}-registry`,
    monitoringProject: `${prefix}-monitoring`,
    localServicesProject: `${prefix}-local-services`,
    workerEdge: (instanceId: string) => `${prefix}-${instanceId}-edge`,
    workerProject: (instanceId: string) => `${prefix}-${instanceId}`,
  };
}

export type DockerNames = ReturnType<typeof dockerNames>;

/** A `docker` command. */
export function docker(...args: readonly string[]): Command {
  return { file: "docker", args, timeoutMs: 120_000 };
}

/** A network for the emulated addresses: nothing in it reaches outside. */
export function createInternalNetwork(
  name: string,
  cidr: string,
  dynamicRange: string,
  labels: readonly string[],
): Command {
  return docker("network", "create", "--internal", "--subnet", cidr, "--ip-range", dynamicRange, ...labels, name);
}

/** An ordinary network, through which containers publish on this machine. */
export function createEdgeNetwork(name: string, labels: readonly string[]): Command {
  return docker("network", "create", ...labels, name);
}

/** An nginx without privileges that publishes loopback ports; created, not started. */
export function createNginx(options: {
  readonly name: string;
  readonly image: string;
  readonly network: string;
  readonly ports: readonly { readonly host: number; readonly container: number }[];
  readonly mounts: readonly string[];
  readonly configFile: string;
  readonly labels: readonly string[];
}): Command {
  return docker(
    "create",
    ...["--name", options.name, "--network", options.network, ...options.labels],
    ...options.ports.flatMap(({ host, container }) => ["--publish", `127.0.0.1:${host}:${container}`]),
    ...["--user", "101:101", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only"],
    ...["--tmpfs", "/tmp:uid=101,gid=101,mode=0700", "--memory", "128m"],
    ...["--log-driver", "json-file", "--log-opt", "max-size=5m", "--log-opt", "max-file=3", "--stop-timeout", "2"],
    ...options.mounts.flatMap((mount) => ["--volume", mount]),
    ...[options.image, "nginx", "-c", options.configFile, "-g", "daemon off;"],
  );
}

/** `--label key=value` for each. */
export function labelArguments(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
}
