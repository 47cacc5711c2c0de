import { isDeepStrictEqual } from "node:util";
import { type Command, CommandError, must, type Runner } from "@compose-fleet/process";
import type { AddressPlan } from "./addresses.ts";
import { createEdgeNetwork, createInternalNetwork, type DockerNames, docker, labelArguments } from "./docker.ts";

export interface NetworksSpec {
  readonly names: DockerNames;
  readonly cidr: string;
  readonly addresses: AddressPlan;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Creates both networks of a fleet, or takes those that Docker kept of this fleet's last run (`Removal.kept`). Throws a sentence
 * when the CIDR or a name is taken.
 */
export async function createNetworks(runner: Runner, spec: NetworksSpec): Promise<void> {
  const { names, cidr, addresses } = spec;
  const labels = labelArguments(spec.labels);
  await create(createInternalNetwork(names.vpc, cidr, addresses.dynamicRange, labels), names.vpc, cidr);
  await create(createEdgeNetwork(names.edge, labels), names.edge);

  async function create(command: Command, name: string, subnet?: string): Promise<void> {
    try {
      await must(runner, command);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (/already exists/i.test(error.message)) {
        if (await isKept(name, subnet)) return;
        throw new Error(
          `Docker has a network ${name} that is not this fleet's, or is in use: remove it (docker network rm ${name}), and where Docker refuses that, restart Docker`,
        );
      }
      if (/overlap/i.test(error.message))
        throw new Error(
          `the network ${spec.cidr} is taken by another Docker network: stop what uses it (docker network ls), or change network.cidr`,
        );
      throw error;
    }
  }

  /** An empty network with this fleet's labels and addresses is as good as a new one. */
  async function isKept(name: string, subnet: string | undefined): Promise<boolean> {
    const format = "{{json .Labels}}\n{{range .IPAM.Config}}{{.Subnet}}{{end}}\n{{len .Containers}}";
    const said = await must(runner, docker("network", "inspect", "--format", format, name));
    const [has = "", hasSubnet, containers] = said.trim().split("\n");
    const same = isDeepStrictEqual(JSON.parse(has), spec.labels) && (subnet === undefined || subnet === hasSubnet);
    return same && containers === "0";
  }
}
