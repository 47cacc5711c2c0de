import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import { type Activity, groupActivities } from "./group-activities.ts";

/** What the group of a local fleet did: the emulated AWS says so. Throws AWS's errors. */
export async function localActivities({
  aws: { region, ...credentials },
  endpoints,
  group,
}: Pick<LocalFleetStatus, "aws" | "endpoints" | "group">): Promise<readonly Activity[]> {
  const client = new AutoScalingClient({ region, endpoint: endpoints.aws, credentials });
  try {
    return await groupActivities(client, group.name);
  } finally {
    client.destroy();
  }
}
