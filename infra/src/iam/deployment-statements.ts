import type { FleetConfig } from "@compose-fleet/fleet";
import { groupArn } from "./arns.ts";
import type { Statement } from "./statement.ts";

/** What CodeDeploy may do for an in-place deployment without traffic control. AWS's own AWSCodeDeployRole may change every group and alarm. */
export function deploymentStatements(config: FleetConfig): readonly Statement[] {
  return [
    {
      sid: "FindInstances",
      actions: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeLifecycleHooks",
        "ec2:DescribeInstanceStatus",
        "ec2:DescribeInstances",
        "tag:GetResources",
      ],
      // Descriptions have no resource.
      resources: ["*"],
    },
    {
      sid: "DeployToNewWorkers",
      // CodeDeploy puts a launching hook of its own on the group, and answers it once a new worker has the revision.
      actions: [
        "autoscaling:CompleteLifecycleAction",
        "autoscaling:DeleteLifecycleHook",
        "autoscaling:PutLifecycleHook",
        "autoscaling:RecordLifecycleActionHeartbeat",
      ],
      resources: [groupArn(config)],
    },
  ];
}
