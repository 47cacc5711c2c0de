import type { AddressPlan } from "../docker/addresses.ts";

/**
 * Gives each new instance an address that none of `used` has. They are used round and round, so that a new instance does not get the one
 * that was just given back. Throws when there are no more.
 */
export function createAddressPool(plan: Pick<AddressPlan, "instanceAddress" | "instanceLimit">) {
  let next = 0;
  return (used: ReadonlySet<string>): string => {
    for (let tried = 0; tried < plan.instanceLimit; tried += 1) {
      const address = plan.instanceAddress(next % plan.instanceLimit);
      next += 1;
      if (!used.has(address)) return address;
    }
    return plan.instanceAddress(plan.instanceLimit);
  };
}
