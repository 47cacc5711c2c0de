import { Eip } from "@cdktf/provider-aws/lib/eip/index.js";
import { Lb } from "@cdktf/provider-aws/lib/lb/index.js";
import { LbListener, type LbListenerConfig } from "@cdktf/provider-aws/lib/lb-listener/index.js";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group/index.js";
import { DEREGISTRATION_SECONDS, type FleetConfig, HEALTH_PATH, PORTS } from "@compose-fleet/fleet";
import { Fn, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { resourceName } from "../account/names.ts";

/** Limit of the names of load balancers and target groups. */
const NAME_LIMIT = 32;

/** Two checks in a row decide; the emulated load balancer of local-fleet does the same. */
export const HEALTH_CHECK = { intervalSeconds: 10, timeoutSeconds: 5, threshold: 2 } as const;

/** The load balancer's place in each subnet's IPv6 network. */
const IPV6_HOST = 80;

export interface LoadBalancerSubnet {
  readonly id: string;
  /** IPv6 network of the subnet. */
  readonly ipv6CidrBlock: string;
}

/** Where the load balancer is reached in one subnet. */
export interface SubnetAddresses {
  readonly subnetId: string;
  /** Of the Elastic IP. */
  readonly allocationId: string;
  readonly ipv6Address: string;
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
  /** The one that requests reach the services by: with a certificate, what reaches port 443. */
  readonly targetGroup: LbTargetGroup;
  /** Every worker is in all of them; of port 80, and with a certificate of port 443 as well. */
  readonly targetGroups: readonly LbTargetGroup[];
  /** In the order of `network.zones`. */
  readonly addresses: readonly Eip[];
  readonly ipv6Addresses: readonly string[];
  /** The same by subnet. */
  readonly subnetMapping: readonly SubnetAddresses[];

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { config, subnets, securityGroupId, gateway } = props;
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
    this.subnetMapping = subnets.map((subnet, index) => ({
      subnetId: subnet.id,
      allocationId: this.addresses[index]?.id ?? "",
      ipv6Address: this.ipv6Addresses[index] ?? "",
    }));
    this.loadBalancer = new Lb(this, "load-balancer", {
      name: resourceName(config, "lb", NAME_LIMIT),
      loadBalancerType: "network",
      ipAddressType: "dualstack",
      securityGroups: [securityGroupId],
      // With few workers a zone may have none: its address must serve all the same.
      enableCrossZoneLoadBalancing: true,
      subnetMapping: [...this.subnetMapping],
      dependsOn: [gateway],
      ...(config.deploy.protect ? { enableDeletionProtection: true } : {}),
      // The provider reads the first address of a zone alone and would change the mapping at every apply (its issue 49531);
      // docs/operate.md says how zones are changed.
      lifecycle: { ignoreChanges: ["subnet_mapping"] },
    });
    const http = this.workersOn("workers", PORTS.workerHttp, props);
    this.listen("http", http, { port: PORTS.http, protocol: "TCP" });
    if (!config.tls) {
      this.targetGroup = http;
      this.targetGroups = [http];
      return;
    }
    // A port of its own on the worker: there nginx knows that the client spoke HTTPS, and port 80 can send everybody to it.
    const https = this.workersOn("workers-tls", PORTS.workerHttps, props);
    this.listen("https", https, {
      port: PORTS.https,
      protocol: "TLS",
      certificateArn: config.tls.certificateArn,
      sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
    });
    this.targetGroup = https;
    this.targetGroups = [http, https];
  }

  private workersOn(id: string, port: number, { config, vpcId }: LoadBalancerProps): LbTargetGroup {
    return new LbTargetGroup(this, id, {
      name: resourceName(config, id, NAME_LIMIT),
      vpcId,
      port,
      protocol: "TCP",
      targetType: "instance",
      // Who calls stands in the PROXY protocol's header, for IPv6 as well, which the address of a packet could not say: machines
      // have IPv4 alone. Packets come from the load balancer, so that a worker may call its own fleet.
      proxyProtocolV2: true,
      preserveClientIp: "false",
      deregistrationDelay: String(DEREGISTRATION_SECONDS),
      // A draining worker is unhealthy and still answers what it has: cutting its connections would lose requests.
      targetHealthState: [{ enableUnhealthyConnectionTermination: false }],
      healthCheck: {
        protocol: "HTTP",
        port: String(port),
        path: HEALTH_PATH,
        matcher: "200",
        interval: HEALTH_CHECK.intervalSeconds,
        timeout: HEALTH_CHECK.timeoutSeconds,
        healthyThreshold: HEALTH_CHECK.threshold,
        unhealthyThreshold: HEALTH_CHECK.threshold,
      },
    });
  }

  private listen(
    id: string,
    targets: LbTargetGroup,
    listener: Omit<LbListenerConfig, "loadBalancerArn" | "defaultAction">,
  ): void {
    new LbListener(this, id, {
      ...listener,
      loadBalancerArn: this.loadBalancer.arn,
      defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],
    });
  }
}
