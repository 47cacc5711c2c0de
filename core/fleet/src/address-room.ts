/** Each zone's subnet is an eighth of the network, as infra cuts it. */
const SUBNET_BITS = 3;
/** AWS keeps five addresses of each subnet; the load balancer may take eight. */
const TAKEN_PER_SUBNET = 13;

/** Workers that fit, beside the monitoring instance, into a VPC of this network with this many zones. */
export function machineRoom(cidr: string, zones: number): number {
  const prefix = Number(cidr.split("/")[1]);
  return zones * (2 ** (32 - prefix - SUBNET_BITS) - TAKEN_PER_SUBNET) - 1;
}
