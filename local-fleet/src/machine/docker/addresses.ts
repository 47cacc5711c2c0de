import { addressText, parseNetwork } from "@compose-fleet/fleet";
/** Where the addresses of one emulated network go. */
export interface AddressPlan {
  /** The upper quarter, for what Docker numbers itself. CIDR notation. */
  readonly dynamicRange: string;
  /** The monitoring instance's, which it keeps when it is started again. */
  readonly monitoringAddress: string;
  /** The n-th address for an instance. Throws when there are no more. */
  readonly instanceAddress: (index: number) => string;
  /** How many instances have room. */
  readonly instanceLimit: number;
}

/** Addresses below this belong to the network itself: gateway, and what AWS keeps for itself. */
const FIRST_INSTANCE = 16;
/** Above the first four that AWS keeps for itself in each subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const MONITORING = 10;

/** Splits a network so that fixed addresses and Docker's own never collide. `cidr` is a network of /16 to /24. */
export function planAddresses(cidr: string): AddressPlan {
  const { base, prefix } = parseNetwork(cidr);
  const quarter = 2 ** (32 - prefix - 2);
  const instanceLimit = 3 * quarter - FIRST_INSTANCE;
  return {
    dynamicRange: `${addressText(base + 3 * quarter)}/${prefix + 2}`,
    monitoringAddress: addressText(base + MONITORING),
    instanceLimit,
    instanceAddress: (index) => {
      if (index >= instanceLimit)
        throw new RangeError(`the network ${cidr} has room for ${instanceLimit} instances: choose a larger one`);
      return addressText(base + FIRST_INSTANCE + index);
    },
  };
}
