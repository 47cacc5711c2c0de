import { type AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import { CliError, exitCodes } from "@compose-fleet/process";

export interface SiteClients {
  readonly autoScaling: Pick<AutoScalingClient, "send">;
  readonly balancer: Pick<ElasticLoadBalancingV2Client, "send">;
}

/** The address of the fleet's load balancer, by its domain where the fleet file names one. Throws `CliError` where there is none, and AWS's errors. */
export async function findSite({ autoScaling, balancer }: SiteClients, config: FleetConfig): Promise<string> {
  const scheme = config.tls === undefined ? "http" : "https";
  if (config.dns !== undefined) return `${scheme}://${config.dns.name}`;
  const { group } = fleetNames(config);
  const { AutoScalingGroups: [found] = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [group] }),
  );
  const [targetGroup] = found?.TargetGroupARNs ?? [];
  if (targetGroup === undefined)
    throw new CliError(
      `There is no group ${group} in ${config.region}: deploy the fleet first, npm run deploy -- fleet.`,
      exitCodes.usage,
    );
  const { TargetGroups: [target] = [] } = await balancer.send(
    new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroup] }),
  );
  const { LoadBalancers: [site] = [] } = await balancer.send(
    new DescribeLoadBalancersCommand({ LoadBalancerArns: target?.LoadBalancerArns ?? [] }),
  );
  if (site?.DNSName === undefined) throw new CliError(`The workers of ${group} are behind no load balancer.`);
  return `${scheme}://${site.DNSName}`;
}
