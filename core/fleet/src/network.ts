/** Each zone's subnet is an eighth of the network: more parts than a region has zones. */
const SUBNET_BITS = 3;
/** AWS keeps five addresses of each subnet; the load balancer may take eight. */
const TAKEN_PER_SUBNET = 13;

/** An IPv4 network. */
export interface Network {
  /** The first address, as a number. */
  readonly base: number;
  /** How many of 32 bits name the network. */
  readonly prefix: number;
}

/** Reads the CIDR notation of an IPv4 network, which the schema of fleet.yaml has checked. */
export function parseNetwork(cidr: string): Network {
  const [address = "", prefix = ""] = cidr.split("/");
  return { base: address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0), prefix: Number(prefix) };
}

/** An address in dotted notation. */
export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** The network of the subnet with this index (0-7), in CIDR notation. */
export function subnetCidr(vpcCidr: string, index: number): string {
  const { base, prefix } = parseNetwork(vpcCidr);
  const length = prefix + SUBNET_BITS;
  return `${addressText(base + index * 2 ** (32 - length))}/${length}`;
}

/** Workers that fit, beside the monitoring instance, into a VPC of this network with this many zones. */
export function machineRoom(cidr: string, zones: number): number {
  const { prefix } = parseNetwork(cidr);
  return zones * (2 ** (32 - prefix - SUBNET_BITS) - TAKEN_PER_SUBNET) - 1;
}
