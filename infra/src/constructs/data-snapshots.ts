import { DlmLifecyclePolicy } from "@cdktf/provider-aws/lib/dlm-lifecycle-policy/index.js";
import type { FleetConfig } from "@compose-fleet/fleet";
import { Construct } from "constructs";
import { fleetTags, resourceName } from "../account/names.ts";
import { snapshotStatements } from "../iam/snapshot-statements.ts";
import { Role } from "./role.ts";

const KEPT_SNAPSHOTS = 7;
/** UTC; each takes only what changed since the one before. */
const TIME = "03:00";

/** A snapshot a day of the volume that carries this tag `Name`. */
export class DataSnapshots extends Construct {
  constructor(scope: Construct, id: string, config: FleetConfig, volumeName: string) {
    super(scope, id);
    const { role, policy } = new Role(this, "role", {
      config,
      name: resourceName(config, "snapshots"),
      description: "Snapshots of the fleet's data volume",
      service: "dlm.amazonaws.com",
      statements: snapshotStatements(config),
    });
    new DlmLifecyclePolicy(this, "daily", {
      description: `Data of the fleet ${config.name} ${config.environment} once a day`,
      executionRoleArn: role.arn,
      state: "ENABLED",
      policyDetails: {
        resourceTypes: ["VOLUME"],
        // One tag, as any of several would do: the name is the fleet's own.
        targetTags: { Name: volumeName },
        schedule: [
          {
            name: "daily",
            createRule: { interval: 24, intervalUnit: "HOURS", times: [TIME] },
            retainRule: { count: KEPT_SNAPSHOTS },
            copyTags: false,
            tagsToAdd: fleetTags(config),
          },
        ],
      },
      dependsOn: [policy],
    });
  }
}
