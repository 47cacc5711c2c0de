import { addressText, parseNetwork } from "@compose-fleet/fleet";
/**
 * A regular expression (RE2, to be anchored by its user) for exactly the addresses of an IPv4 network.
 * Throws when the network is not /16 to /24, which the schema of `fleet.yaml` has already refused.
 */
export function cidrPattern(cidr: string): string {
  const { base, prefix } = parseNetwork(cidr);
  const [a = Number.NaN, b = Number.NaN, c = Number.NaN] = addressText(base).split(".").map(Number);
  if (![a, b, c].every(Number.isInteger) || !Number.isInteger(prefix) || prefix < 16 || prefix > 24) {
    throw new Error(`the network is an IPv4 CIDR of /16 to /24, got ${JSON.stringify(cidr)}`);
  }
  if (prefix === 16) return `${a}\\.${b}\\.\\d+\\.\\d+`;
  const thirds = Array.from({ length: 2 ** (24 - prefix) }, (_, index) => c + index);
  return `${a}\\.${b}\\.(${thirds.join("|")})\\.\\d+`;
}
