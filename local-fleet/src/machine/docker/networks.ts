import { CommandError, must, type Runner } from "@compose-fleet/process";
import type { AddressPlan } from "./addresses.ts";
import { createEdgeNetwork, createInternalNetwork, type DockerNames, labelArguments } from "./docker.ts";

export interface NetworksSpec {
  readonly names: DockerNames;
  readonly cidr: string;
  readonly addresses: AddressPlan;
  readonly labels: Readonly<Record<string, string>>;
}

/** Creates both networks of a fleet. Throws a sentence when the CIDR is taken. */
export async function createNetworks(runner: Runner, spec: NetworksSpec): Promise<void> {
  const labels = labelArguments(spec.labels);
  try {
    await must(runner, createInternalNetwork(spec.names.vpc, spec.cidr, spec.addresses.dynamicRange, labels));
  } catch (error) {
    if (error instanceof CommandError && /overlap/i.test(error.message))
      throw new Error(
        `the network ${spec.cidr} is taken by another Docker network: stop what uses it (docker network ls), or change network.cidr`,
      );
    throw error;
  }
  await must(runner, createEdgeNetwork(spec.names.edge, labels));
}
