import { createHash } from "node:crypto";
import {
  beginningOf,
  type FleetConfig,
  fleetNames,
  fleetPrefix,
  type MachineKind,
  shortName,
} from "@compose-fleet/fleet";

/** What a name needs to know of the fleet. */
type Named = Pick<FleetConfig, "name" | "environment" | "network">;

/** The stacks of one fleet in one environment. */
export type StackKind = "bootstrap" | "fleet" | "budget" | "dns";

/** Most kinds of resource take 64 characters; load balancers and target groups take 32, buckets 63. */
const DEFAULT_LIMIT = 64;

/** Name of a stack, which is also the name of its state object: `NAME-ENVIRONMENT-KIND`. */
export function stackName(config: Named, kind: StackKind): string {
  return `${config.name}-${config.environment}-${kind}`;
}

/** `fleet-NAME-ENVIRONMENT-KIND`; past `limit` characters its end is replaced by a hash. */
export function resourceName(config: Named, kind: string, limit: number = DEFAULT_LIMIT): string {
  return shortName(`${fleetPrefix(config)}-${kind}`, limit, sha256);
}

/** SHA-256 in hexadecimal. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What the names of all kinds begin with, and `*`: for permissions. `limit` as in `resourceName`. */
export function resourcePattern(config: Named, limit: number = DEFAULT_LIMIT): string {
  return `${beginningOf(`${fleetPrefix(config)}-`, limit).replace(/-+$/, "-")}*`;
}

/** Path of the fleet's SSM parameters, without a slash at its end. */
export function parameterPath(config: Named): string {
  return fleetNames(config).replicasParameter.replace(/\/replicas$/, "");
}

/** Tags by which things of the fleet are found and permitted. The tag `worker` is on workers alone. */
export function fleetTags(config: Named): Record<string, string> {
  return { fleet: config.name, environment: config.environment };
}

/** The tag by which costs are counted, of one environment of one fleet: a budget filters by one tag for certain, by two it is not documented how. */
export const COST_TAG = "fleet-environment";

/** What everything carries that AWS makes for the fleet. */
export function resourceTags(config: Named): Record<string, string> {
  return { ...fleetTags(config), [COST_TAG]: `${config.name}-${config.environment}` };
}

/** CloudWatch log group of the containers and scripts of one kind of machine. */
export function logGroupName(config: Named, kind: MachineKind): string {
  return fleetNames(config).logGroup(kind);
}

/** CodeDeploy's application of the fleet. */
export function applicationName(config: Named): string {
  return fleetNames(config).releaseApplication;
}
