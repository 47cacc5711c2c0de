import type { FleetConfig } from "@compose-fleet/fleet";
import type { GroupObservation } from "../observation/observation.ts";

/** Bounds of the group: the tighter of ours and AWS's, since the API accepts numbers beyond ours. */
export function groupBounds(
  config: FleetConfig,
  group: GroupObservation,
): { readonly min: number; readonly max: number } {
  const max = Math.min(config.workers.max, group.max);
  return { min: Math.min(Math.max(config.workers.min, group.min), max), max };
}
