/** Eight parts: more than a region has zones. */
const SUBNET_BITS = 3;

/** The network of the subnet with this index (0-7): an eighth of the VPC's. */
export function subnetCidr(vpcCidr: string, index: number): string {
  const [address = "", prefix = ""] = vpcCidr.split("/");
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  const length = Number(prefix) + SUBNET_BITS;
  const first = ((a << 24) | (b << 16) | (c << 8) | d) + index * 2 ** (32 - length);
  return `${[24, 16, 8, 0].map((shift) => (first >>> shift) & 255).join(".")}/${length}`;
}
