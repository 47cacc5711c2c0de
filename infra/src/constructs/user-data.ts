import { readFileSync } from "node:fs";
import { type FleetConfig, fleetNames, lifecycleHooks, type MachineKind, metricNamespace } from "@compose-fleet/fleet";
import { applicationName, logGroupName } from "../account/names.ts";

/** EC2's limit, before base64. */
const USER_DATA_LIMIT_BYTES = 16 * 1024;

/** Docker's own pools reach into the private ranges that a VPC may have: these lie outside of it. */
const POOL = "10.213.0.0/16";
const POOL_BESIDE_10 = "192.168.0.0/17";

/**
 * The script that a new machine of this kind runs at its first boot. Everything in it is known without AWS, so a plan shows each change.
 * Throws where it exceeds what EC2 takes.
 */
export function renderUserData(kind: MachineKind, config: FleetConfig): string {
  const variables = {
    FLEET_NAME: config.name,
    FLEET_ENVIRONMENT: config.environment,
    FLEET_REGION: config.region,
    LOG_GROUP: logGroupName(config, kind),
    DOCKER_POOL: dockerPool(config.network.cidr),
    ...(kind === "workers"
      ? { GROUP: fleetNames(config).group, LAUNCHING_HOOK: lifecycleHooks(config).launching.name }
      : { METRIC_NAMESPACE: metricNamespace(config), RELEASES: applicationName(config) }),
  };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}='${value.replaceAll("'", "'\\''")}'\n`);
  const script = [
    "#!/bin/bash\nset -euo pipefail\nshopt -s inherit_errexit\n",
    assignments.join(""),
    part("common"),
    part(kind === "workers" ? "worker" : "monitoring"),
  ].join("\n");
  const bytes = Buffer.byteLength(script);
  if (bytes > USER_DATA_LIMIT_BYTES)
    throw new Error(`the user data of ${kind} has ${bytes} bytes, EC2 takes ${USER_DATA_LIMIT_BYTES}: shorten it`);
  return script;
}

/** The same as Terraform wants it. In base64 nothing in it can be taken for an expression of Terraform's. */
export function userDataBase64(kind: MachineKind, config: FleetConfig): string {
  return Buffer.from(renderUserData(kind, config)).toString("base64");
}

/** Addresses for Docker's networks on a machine in this VPC. */
export function dockerPool(cidr: string): string {
  return cidr.startsWith("10.") ? POOL_BESIDE_10 : POOL;
}

/** A part of the script, without its comments: EC2 takes little, and they stay where people edit it. */
function part(name: string): string {
  const text = readFileSync(new URL(`../../user-data/${name}.sh`, import.meta.url), "utf8");
  return text.replace(/^ *# .*\n/gm, "");
}
