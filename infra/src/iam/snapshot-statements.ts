import type { FleetConfig } from "@compose-fleet/fleet";
import { fleetTags } from "../account/names.ts";
import { arnOf } from "./arns.ts";
import type { Statement } from "./statement.ts";

/** What AWS's Data Lifecycle Manager may do for the snapshots of the data volume. AWS's own policy for it may snapshot every volume. */
export function snapshotStatements(config: FleetConfig): readonly Statement[] {
  const own = {
    StringEquals: Object.fromEntries(
      Object.entries(fleetTags(config)).map(([tag, value]) => [`aws:ResourceTag/${tag}`, value]),
    ),
  };
  // Snapshots have no account in their ARN.
  const snapshots = `arn:aws:ec2:${config.region}::snapshot/*`;
  return [
    {
      sid: "FindVolumes",
      actions: ["ec2:DescribeInstances", "ec2:DescribeSnapshots", "ec2:DescribeVolumes"],
      // EC2's descriptions have no resource.
      resources: ["*"],
    },
    {
      sid: "ReadOwnVolumes",
      actions: ["ec2:CreateSnapshot"],
      resources: [arnOf(config, "ec2", "volume/*")],
      conditions: own,
    },
    // A snapshot that is being made carries nothing yet.
    { sid: "MakeSnapshots", actions: ["ec2:CreateSnapshot", "ec2:CreateTags"], resources: [snapshots] },
    { sid: "EndOwnSnapshots", actions: ["ec2:DeleteSnapshot"], resources: [snapshots], conditions: own },
  ];
}
