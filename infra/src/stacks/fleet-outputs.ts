import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { type FleetConfig, fleetSecrets, HEALTH_PATH } from "@compose-fleet/fleet";
import { TerraformOutput, type TerraformStack } from "cdktf";
import type { ImageRegistry } from "../constructs/image-registry.ts";
import type { LoadBalancer } from "../constructs/load-balancer.ts";
import type { Monitoring } from "../constructs/monitoring.ts";
import type { Network } from "../constructs/network.ts";
import type { Releases } from "../constructs/releases.ts";
import type { SecurityGroups } from "../constructs/security-groups.ts";
import { ADDRESS_OUTPUTS } from "./dns-stack.ts";

export interface FleetOutputsProps {
  readonly config: FleetConfig;
  readonly network: Network;
  readonly securityGroups: SecurityGroups;
  readonly balancer: LoadBalancer;
  readonly registry: ImageRegistry;
  readonly revisionBucket: S3Bucket;
  readonly releases: Releases;
  readonly monitoring: Monitoring;
}

/** What the dns stack and people need to know of the fleet's stack, and what to do next. */
export function addFleetOutputs(stack: TerraformStack, props: FleetOutputsProps): void {
  const { config, network, securityGroups, balancer, registry, revisionBucket, releases, monitoring } = props;
  const outputs = {
    [ADDRESS_OUTPUTS.ipv4]: balancer.addresses.map(({ publicIp }) => publicIp),
    [ADDRESS_OUTPUTS.ipv6]: balancer.ipv6Addresses,
    // For databases and the like, which are made beside the fleet.
    vpc: network.vpc.id,
    subnets: network.subnets.map(({ id }) => id),
    workers_security_group: securityGroups.workers.id,
    load_balancer_name: balancer.loadBalancer.dnsName,
    image_repositories: Object.fromEntries(
      Object.entries(registry.repositories).map(([image, { repositoryUrl }]) => [image, repositoryUrl]),
    ),
    revision_bucket: revisionBucket.id,
    codedeploy_application: releases.application.name,
    monitoring_instance: monitoring.instance.id,
    set_subnets: setSubnets(config, balancer),
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

/** In the order in which somebody does it who deploys for the first time. */
function nextSteps(config: FleetConfig, balancerName: string): string {
  const given = fleetSecrets(config).filter(({ origin }) => origin === "given");
  return [
    "1. Secrets: npx fleet secrets generate makes up the machines' own; npx fleet secrets list says what is missing",
    ...(given.length > 0 ? [`(${given.map(({ name }) => name).join(", ")} are yours to give)`] : []),
    "2. Your services: npx fleet release puts the commit that is checked out on the machines",
    ...(config.notify.email ? [`3. ${config.notify.email}: confirm the alarms' subscription`] : []),
    `${config.notify.email ? 4 : 3}. Then: curl http://${balancerName}${HEALTH_PATH}`,
  ].join("\n");
}
