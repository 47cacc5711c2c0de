import { type FleetConfig, fleetNames, metricNamespace } from "@compose-fleet/fleet";
import {
  deploymentGroupArn,
  groupArn,
  instancesArn,
  parameterArn,
  queueArn,
  releasesApplicationArn,
  workersDeploymentArn,
} from "./arns.ts";
import { type MachineResources, machineStatements } from "./machine-statements.ts";
import { pullStatements } from "./pull-statements.ts";
import type { Statement } from "./statement.ts";

/** What the monitoring instance may reach besides, as ARNs. */
export interface MonitoringResources extends MachineResources {
  readonly tableArn: string;
  readonly documentArns: readonly string[];
}

/** What the monitoring instance may do: what every machine may, and what wh, Prometheus and the heartbeat do (`wh/src/aws`, `wh/src/store`). */
export function monitoringStatements(config: FleetConfig, resources: MonitoringResources): readonly Statement[] {
  const { replicasParameter, workerTags } = fleetNames(config);
  return [
    ...machineStatements("monitoring", config, resources),
    {
      sid: "WatchTheGroup",
      actions: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeInstanceRefreshes",
        "autoscaling:DescribeScalingActivities",
      ],
      // Auto Scaling's descriptions have no resource.
      resources: ["*"],
    },
    {
      sid: "WatchTheTargets",
      actions: ["elasticloadbalancing:DescribeTargetHealth"],
      // Elastic Load Balancing's descriptions have no resource.
      resources: ["*"],
    },
    {
      // While it runs, wh ends no worker.
      sid: "WatchDeployments",
      actions: ["codedeploy:BatchGetDeployments", "codedeploy:ListDeployments"],
      resources: [workersDeploymentArn(config)],
    },
    {
      // What replaces another fetches its revision itself.
      sid: "DeployToItself",
      actions: ["codedeploy:CreateDeployment", "codedeploy:GetDeployment", "codedeploy:GetDeploymentGroup"],
      resources: [deploymentGroupArn(config, "monitoring")],
    },
    {
      // CreateDeployment looks at these, too.
      sid: "DeployAsTheGroupDoes",
      actions: ["codedeploy:GetDeploymentConfig"],
      resources: [`arn:aws:codedeploy:${config.region}:*:deploymentconfig:CodeDeployDefault.OneAtATime`],
    },
    {
      sid: "RegisterRevisions",
      actions: ["codedeploy:GetApplicationRevision", "codedeploy:RegisterApplicationRevision"],
      resources: [releasesApplicationArn(config)],
    },
    ...(config.releases.pull ? pullStatements(config, resources.revisionBucketArn) : []),
    ...(config.workers.spot.spotShareAboveBase > 0
      ? [
          {
            sid: "HearOfSpot",
            actions: ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
            resources: [queueArn(config)],
          },
        ]
      : []),
    {
      sid: "ScaleTheGroup",
      actions: [
        "autoscaling:CompleteLifecycleAction",
        "autoscaling:RecordLifecycleActionHeartbeat",
        "autoscaling:SetDesiredCapacity",
        "autoscaling:TerminateInstanceInAutoScalingGroup",
      ],
      resources: [groupArn(config)],
    },
    { sid: "NameTheDocuments", actions: ["ssm:SendCommand"], resources: resources.documentArns },
    {
      sid: "RunThemOnOwnWorkers",
      actions: ["ssm:SendCommand"],
      resources: [instancesArn(config)],
      conditions: {
        StringEquals: Object.fromEntries(
          Object.entries(workerTags)
            .filter(([tag]) => tag !== "Name")
            .map(([tag, value]) => [`ssm:resourceTag/${tag}`, value]),
        ),
      },
    },
    // A command's outcome has no resource.
    { sid: "ReadOutcomes", actions: ["ssm:GetCommandInvocation"], resources: ["*"] },
    {
      sid: "PublishReplicaCounts",
      actions: ["ssm:PutParameter"],
      resources: [parameterArn(config, replicasParameter)],
    },
    {
      sid: "KeepState",
      actions: [
        "dynamodb:BatchWriteItem",
        "dynamodb:DeleteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ],
      resources: [resources.tableArn],
    },
    {
      sid: "DiscoverWorkers",
      actions: ["ec2:DescribeAvailabilityZones", "ec2:DescribeInstances"],
      // EC2's descriptions have no resource.
      resources: ["*"],
    },
    {
      sid: "SendHeartbeat",
      actions: ["cloudwatch:PutMetricData"],
      // Metrics have no resource; the namespace is the fleet's own.
      resources: ["*"],
      conditions: { StringEquals: { "cloudwatch:namespace": metricNamespace(config) } },
    },
  ];
}
