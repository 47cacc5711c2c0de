import { Route53Record } from "@cdktf/provider-aws/lib/route53-record/index.js";
import { Route53Zone } from "@cdktf/provider-aws/lib/route53-zone/index.js";
import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import { Construct } from "constructs";
import { resourceName } from "../account/names.ts";

/** Short, so that workers find a replaced monitoring instance soon. */
const TTL_SECONDS = 10;

export interface PrivateZoneProps {
  readonly config: FleetConfig;
  readonly vpcId: string;
  readonly monitoringAddress: string;
}

/** Names inside the VPC: workers find the monitoring instance by `monitoring.PRIVATE_ZONE`. */
export class PrivateZone extends Construct {
  constructor(scope: Construct, id: string, { config, vpcId, monitoringAddress }: PrivateZoneProps) {
    super(scope, id);
    const zone = new Route53Zone(this, "zone", {
      name: config.network.privateZone,
      comment: `Machines of ${resourceName(config, "network")}`,
      vpc: [{ vpcId }],
      forceDestroy: true,
    });
    new Route53Record(this, "monitoring", {
      zoneId: zone.zoneId,
      name: fleetNames(config).monitoringHost,
      type: "A",
      ttl: TTL_SECONDS,
      records: [monitoringAddress],
    });
  }
}
