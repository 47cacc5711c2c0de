import type { FleetConfig } from "@compose-fleet/fleet";
import type { GroupFacts } from "./aftermath.ts";

/** When the fleet's deployment group goes back by itself, as infra sets it where it has no alarms. */
export const AUTO_ROLLBACK: GroupFacts["autoRollback"] = { enabled: true, events: ["DEPLOYMENT_FAILURE"] };

/** The bucket of revisions. On AWS, where a name is the whole world's, it has an ending. */
export function revisionBucket({ name, environment }: Pick<FleetConfig, "name" | "environment">): string {
  return `fleet-${name}-${environment}-revisions`;
}
