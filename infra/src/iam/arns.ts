import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import { fleetAccount } from "../account/account.ts";

/** ARN of something in the fleet's region and account. */
export function arnOf(config: FleetConfig, service: string, resource: string): string {
  return `arn:aws:${service}:${config.region}:${fleetAccount(config)}:${resource}`;
}

/** ARN of the fleet's Auto Scaling group. A pattern, since its middle is made up when the group is, and the roles come first. */
export function groupArn(config: FleetConfig): string {
  return `arn:aws:autoscaling:${config.region}:*:autoScalingGroup:*:autoScalingGroupName/${fleetNames(config).group}`;
}

/** ARN of one of CodeDeploy's deployment groups of the fleet. */
export function deploymentGroupArn(config: FleetConfig, group: string): string {
  return `arn:aws:codedeploy:${config.region}:*:deploymentgroup:${fleetNames(config).releaseApplication}/${group}`;
}

/** ARN of the one of the workers. */
export function workersDeploymentArn(config: FleetConfig): string {
  return deploymentGroupArn(config, fleetNames(config).workersDeploymentGroup);
}

/** ARN of CodeDeploy's application of the fleet. */
export function releasesApplicationArn(config: FleetConfig): string {
  return `arn:aws:codedeploy:${config.region}:*:application:${fleetNames(config).releaseApplication}`;
}

/** ARN of a parameter by its name, which starts with a slash. */
export function parameterArn(config: FleetConfig, name: string): string {
  return `arn:aws:ssm:${config.region}:*:parameter${name}`;
}

/** ARN of the fleet's queue of events. */
export function queueArn(config: FleetConfig): string {
  return `arn:aws:sqs:${config.region}:*:${fleetNames(config).eventQueue}`;
}

/** ARN of every instance in the region: narrow it by a condition on tags. */
export function instancesArn(config: FleetConfig): string {
  return `arn:aws:ec2:${config.region}:*:instance/*`;
}
