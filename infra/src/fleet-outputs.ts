import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import type { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription/index.js";
import { type FleetConfig, fleetSecrets } from "@compose-fleet/policy";
import { TerraformOutput, type TerraformStack } from "cdktf";
import type { ImageRegistry } from "./constructs/image-registry.ts";
import type { LoadBalancer } from "./constructs/load-balancer.ts";
import type { Monitoring } from "./constructs/monitoring.ts";
import type { Releases } from "./constructs/releases.ts";
import { ADDRESS_OUTPUTS } from "./stacks/dns-stack.ts";

export interface FleetOutputsProps {
  readonly config: FleetConfig;
  readonly balancer: LoadBalancer;
  readonly registry: ImageRegistry;
  readonly revisionBucket: S3Bucket;
  readonly releases: Releases;
  readonly monitoring: Monitoring;
  /** By which somebody gets the alarms. */
  readonly subscription: SnsTopicSubscription | undefined;
}

/** What the dns stack and people need to know of the fleet's stack, and what to do next. */
export function addFleetOutputs(stack: TerraformStack, props: FleetOutputsProps): void {
  const { config, balancer, registry, revisionBucket, releases, monitoring, subscription } = props;
  const outputs = {
    [ADDRESS_OUTPUTS.ipv4]: balancer.addresses.map(({ publicIp }) => publicIp),
    [ADDRESS_OUTPUTS.ipv6]: balancer.ipv6Addresses,
    load_balancer_name: balancer.loadBalancer.dnsName,
    image_repositories: Object.fromEntries(
      Object.entries(registry.repositories).map(([image, { repositoryUrl }]) => [image, repositoryUrl]),
    ),
    revision_bucket: revisionBucket.id,
    codedeploy_application: releases.application.name,
    monitoring_instance: monitoring.instance.id,
    set_subnets: setSubnets(config, balancer),
    alarm_mail: subscription ? alarmsReach(subscription) : "Nobody is told: set notify.email in the fleet file.",
    next: nextSteps(config, balancer.loadBalancer.dnsName),
  };
  for (const [name, value] of Object.entries(outputs)) new TerraformOutput(stack, name, { value });
}

/** The command that gives the load balancer the zones of the fleet file, without which it keeps those that it was made with. */
function setSubnets({ region }: FleetConfig, { loadBalancer, subnetMapping }: LoadBalancer): string {
  const mapping = subnetMapping.map(
    ({ subnetId, allocationId, ipv6Address }) =>
      `SubnetId=${subnetId},AllocationId=${allocationId},IPv6Address=${ipv6Address}`,
  );
  return `aws elbv2 set-subnets --region ${region} --load-balancer-arn ${loadBalancer.arn} --ip-address-type dualstack --subnet-mappings ${mapping.join(" ")}`;
}

/** Whether the address gets anything, as AWS said when it was last asked: a subscription that nobody confirmed is silent. */
function alarmsReach({ endpoint, fqn }: SnsTopicSubscription): string {
  const pending = `${endpoint} gets nothing yet: confirm the subscription in AWS's mail, then npm run deploy -- fleet --diff tells anew.`;
  return `\${${fqn}.pending_confirmation ? "${pending}" : "${endpoint} is told."}`;
}

/** In the order in which somebody does it who deploys for the first time. */
function nextSteps(config: FleetConfig, balancerName: string): string {
  const given = fleetSecrets(config).filter(({ origin }) => origin === "given");
  return [
    "1. Secrets: npx fleet secrets generate makes up the machines' own; npx fleet secrets list says what is missing",
    ...(given.length > 0 ? [`(${given.map(({ name }) => name).join(", ")} are yours to give)`] : []),
    "2. Your services: npx fleet release puts the commit that is checked out on the machines",
    ...(config.notify.email ? [`3. ${config.notify.email}: confirm the alarms' subscription`] : []),
    `${config.notify.email ? 4 : 3}. Then: curl http://${balancerName}/nginx-health`,
  ].join("\n");
}
