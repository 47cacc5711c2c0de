import { Eip } from "@cdktf/provider-aws/lib/eip/index.js";
import { Lb } from "@cdktf/provider-aws/lib/lb/index.js";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener/index.js";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group/index.js";
import type { FleetConfig } from "@compose-fleet/policy";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { resourceName } from "../names.ts";
import { HEALTH_PATH, PORTS } from "../ports.ts";

/** Limit of the names of load balancers and target groups. */
const NAME_LIMIT = 32;

/** Two checks in a row decide; the emulated load balancer of local-fleet does the same. */
export const HEALTH_CHECK = { intervalSeconds: 10, timeoutSeconds: 5, threshold: 2 } as const;

/** The load balancer's place in each subnet's IPv6 network. */
const IPV6_HOST = 80;

/** How long connections to a worker that leaves may go on. */
const DEREGISTRATION_SECONDS = 30;

export interface LoadBalancerSubnet {
  readonly id: string;
  /** IPv6 network of the subnet. */
  readonly ipv6CidrBlock: string;
}

export interface LoadBalancerProps {
  readonly config: FleetConfig;
  readonly vpcId: string;
  /** In the order of `network.zones`. */
  readonly subnets: readonly LoadBalancerSubnet[];
  readonly securityGroupId: string;
  /** The way to the internet, which the addresses need. */
  readonly gateway: ITerraformDependable;
}

/** The network load balancer, with an address of its own per zone that outlives it, over IPv4 and IPv6. */
export class LoadBalancer extends Construct {
  readonly loadBalancer: Lb;
  readonly targetGroup: LbTargetGroup;
  /** In the order of `network.zones`. */
  readonly addresses: readonly Eip[];
  readonly ipv6Addresses: readonly string[];

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { config, vpcId, subnets, securityGroupId, gateway } = props;
    // Fixed as well, so that public records need no change; machines take no IPv6 address, so that they are free.
    this.ipv6Addresses = subnets.map(({ ipv6CidrBlock }) => Fn.cidrhost(ipv6CidrBlock, IPV6_HOST));
    this.addresses = config.network.zones.map(
      (zone) =>
        new Eip(this, `address-${zone}`, {
          domain: "vpc",
          tags: { Name: resourceName(config, `address-${zone}`) },
          dependsOn: [gateway],
        }),
    );
    this.loadBalancer = new Lb(this, "load-balancer", {
      name: resourceName(config, "lb", NAME_LIMIT),
      loadBalancerType: "network",
      ipAddressType: "dualstack",
      securityGroups: [securityGroupId],
      // With few workers a zone may have none: its address must serve all the same.
      enableCrossZoneLoadBalancing: true,
      subnetMapping: subnets.map((subnet, index) => ({
        subnetId: subnet.id,
        allocationId: this.addresses[index]?.id ?? "",
        ipv6Address: this.ipv6Addresses[index] ?? "",
      })),
      dependsOn: [gateway],
    });
    this.targetGroup = new LbTargetGroup(this, "workers", {
      name: resourceName(config, "workers", NAME_LIMIT),
      vpcId,
      port: PORTS.http,
      protocol: "TCP",
      targetType: "instance",
      // Services see who calls; with a security group on the load balancer the workers stay closed to everybody else.
      preserveClientIp: "true",
      deregistrationDelay: String(DEREGISTRATION_SECONDS),
      // A draining worker is unhealthy and still answers what it has: cutting its connections would lose requests.
      targetHealthState: [{ enableUnhealthyConnectionTermination: false }],
      healthCheck: {
        protocol: "HTTP",
        port: String(PORTS.http),
        path: HEALTH_PATH,
        matcher: "200",
        interval: HEALTH_CHECK.intervalSeconds,
        timeout: HEALTH_CHECK.timeoutSeconds,
        healthyThreshold: HEALTH_CHECK.threshold,
        unhealthyThreshold: HEALTH_CHECK.threshold,
      },
    });
    const forward = { loadBalancerArn: this.loadBalancer.arn, defaultAction: [this.toWorkers()] };
    new LbListener(this, "http", { ...forward, port: PORTS.http, protocol: "TCP" });
    if (config.tls)
      new LbListener(this, "https", {
        ...forward,
        port: PORTS.https,
        protocol: "TLS",
        certificateArn: config.tls.certificateArn,
        sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      });
  }

  private toWorkers(): { readonly type: string; readonly targetGroupArn: string } {
    return { type: "forward", targetGroupArn: this.targetGroup.arn };
  }
}
