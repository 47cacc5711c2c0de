import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import { workersDeploymentArn } from "./arns.ts";
import type { Statement } from "./statement.ts";

/** What wh may do besides where it follows a branch (`releases.pull`): find the workers' revisions and deploy one to them. */
export function pullStatements(config: FleetConfig, revisionBucketArn: string): readonly Statement[] {
  return [
    {
      sid: "DeployToWorkers",
      actions: ["codedeploy:CreateDeployment", "codedeploy:GetDeployment", "codedeploy:GetDeploymentGroup"],
      resources: [workersDeploymentArn(config)],
    },
    {
      sid: "JudgeDeployments",
      actions: [
        "codedeploy:BatchGetDeploymentTargets",
        "codedeploy:ListDeploymentTargets",
        "codedeploy:StopDeployment",
      ],
      // A deployment's targets, and its end, have no resource.
      resources: ["*"],
    },
    {
      sid: "FindRevisions",
      actions: ["s3:ListBucket"],
      resources: [revisionBucketArn],
      conditions: { StringLike: { "s3:prefix": `${fleetNames(config).workersDeploymentGroup}/*` } },
    },
  ];
}
