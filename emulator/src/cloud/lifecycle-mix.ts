import type { FleetConfig } from "@compose-fleet/fleet";
import type { Ec2Instance } from "./instance-store.ts";

/** How an instance is paid, in EC2's words; on demand has none there. */
export type Lifecycle = "on-demand" | "spot";

/**
 * What the group launches next beside those that live, by its mixed instances policy: first the base on demand, then so many on demand
 * that Spot never has more than its share. A group does not turn to the other when one is not to be had.
 */
export function nextLifecycle(
  living: readonly Pick<Ec2Instance, "lifecycle">[],
  { onDemandBase, spotShareAboveBase }: FleetConfig["workers"]["spot"],
): Lifecycle {
  const above = Math.max(0, living.length + 1 - onDemandBase);
  const spot = living.filter(({ lifecycle }) => lifecycle === "spot").length;
  return spot < Math.floor(above * spotShareAboveBase + 1e-9) ? "spot" : "on-demand";
}
