import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import type { Construct } from "constructs";
import { resourceName } from "../account/names.ts";

/** Catches what Auto Scaling says when it could not launch a worker. */
export function createLaunchFailureRule(scope: Construct, id: string, config: FleetConfig): CloudwatchEventRule {
  return new CloudwatchEventRule(scope, id, {
    name: resourceName(config, "launch-failure"),
    description: "The group could not launch a worker: the event says why",
    eventPattern: JSON.stringify({
      source: ["aws.autoscaling"],
      "detail-type": ["EC2 Instance Launch Unsuccessful"],
      detail: { AutoScalingGroupName: [fleetNames(config).group] },
    }),
  });
}
