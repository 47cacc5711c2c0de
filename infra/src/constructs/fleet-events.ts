import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import { applicationName } from "../account/names.ts";

/** A pattern of EventBridge. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly "detail-type": readonly string[];
  readonly detail?: Readonly<Record<string, readonly string[]>>;
}

/** The events that concern the fleet. Spot's name no group: whoever reads them asks whose the instance is. */
export function fleetEvents(config: FleetConfig): Readonly<Record<string, EventPattern>> {
  return {
    "spot-interruption": { source: ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"] },
    rebalance: { source: ["aws.ec2"], "detail-type": ["EC2 Instance Rebalance Recommendation"] },
    scaling: {
      source: ["aws.autoscaling"],
      "detail-type": [
        "EC2 Instance Launch Successful",
        "EC2 Instance Launch Unsuccessful",
        "EC2 Instance Terminate Successful",
        "EC2 Instance Terminate Unsuccessful",
        "EC2 Instance-launch Lifecycle Action",
        "EC2 Instance-terminate Lifecycle Action",
      ],
      detail: { AutoScalingGroupName: [fleetNames(config).group] },
    },
    deployment: {
      source: ["aws.codedeploy"],
      "detail-type": [
        "CodeDeploy Deployment State-change Notification",
        "CodeDeploy Instance State-change Notification",
      ],
      detail: { application: [applicationName(config)] },
    },
  };
}
