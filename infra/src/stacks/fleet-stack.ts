import type { FleetConfig } from "@compose-fleet/policy";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { useAws } from "../aws.ts";
import { stackName } from "../names.ts";
import { useStateBucket } from "../state-backend.ts";

/** Everything that serves requests and scales: network, load balancer, workers, monitoring, state, roles. */
export class FleetStack extends TerraformStack {
  constructor(scope: Construct, config: FleetConfig) {
    super(scope, stackName(config, "fleet"));
    useStateBucket(this, config, "fleet");
    useAws(this, config);
  }
}
