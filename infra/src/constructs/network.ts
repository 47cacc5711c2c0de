import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group/index.js";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway/index.js";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table/index.js";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association/index.js";
import { Subnet } from "@cdktf/provider-aws/lib/subnet/index.js";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint/index.js";
import { type FleetConfig, subnetCidr } from "@compose-fleet/fleet";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { resourceName } from "../account/names.ts";

/** A /56 of IPv6 gives a /64 to each subnet. */
const IPV6_SUBNET_BITS = 8;

/** The VPC with a public subnet per zone. No NAT gateway: machines have public addresses and closed security groups. */
export class Network extends Construct {
  readonly vpc: Vpc;
  /** In the order of `network.zones`. */
  readonly subnets: readonly Subnet[];
  readonly gateway: InternetGateway;
  /** The subnets' ways to the internet; a machine that boots before them finds nothing. */
  readonly routes: readonly RouteTableAssociation[];

  constructor(scope: Construct, id: string, config: FleetConfig) {
    super(scope, id);
    const tags = { Name: resourceName(config, "network") };
    this.vpc = new Vpc(this, "vpc", {
      cidrBlock: config.network.cidr,
      assignGeneratedIpv6CidrBlock: true,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags,
    });
    // Whatever is launched without a group of its own gets this one: it allows nothing.
    new DefaultSecurityGroup(this, "closed", { vpcId: this.vpc.id });
    this.gateway = new InternetGateway(this, "gateway", { vpcId: this.vpc.id, tags });
    const table = new RouteTable(this, "routes", {
      vpcId: this.vpc.id,
      route: [
        { cidrBlock: "0.0.0.0/0", gatewayId: this.gateway.id },
        { ipv6CidrBlock: "::/0", gatewayId: this.gateway.id },
      ],
      tags,
    });
    this.subnets = config.network.zones.map((zone, index) => this.subnet(config, zone, index));
    this.routes = this.subnets.map(
      (subnet, index) =>
        new RouteTableAssociation(this, `routes-${config.network.zones[index]}`, {
          subnetId: subnet.id,
          routeTableId: table.id,
        }),
    );
    // Images' layers, revisions and state stay off the internet, at no cost.
    for (const service of ["s3", "dynamodb"]) {
      new VpcEndpoint(this, service, {
        vpcId: this.vpc.id,
        serviceName: `com.amazonaws.${config.region}.${service}`,
        vpcEndpointType: "Gateway",
        routeTableIds: [table.id],
        tags: { Name: resourceName(config, service) },
      });
    }
  }

  private subnet(config: FleetConfig, zone: string, index: number): Subnet {
    return new Subnet(this, `public-${zone}`, {
      vpcId: this.vpc.id,
      availabilityZone: `${config.region}${zone}`,
      cidrBlock: subnetCidr(config.network.cidr, index),
      ipv6CidrBlock: Fn.cidrsubnet(this.vpc.ipv6CidrBlock, IPV6_SUBNET_BITS, index),
      mapPublicIpOnLaunch: true,
      tags: { Name: resourceName(config, `public-${zone}`) },
    });
  }
}
