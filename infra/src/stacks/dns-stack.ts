import { CloudflareProvider } from "@cdktf/provider-cloudflare/lib/provider/index.js";
import type { FleetConfig } from "@compose-fleet/policy";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { stackName } from "../names.ts";
import { useStateBucket } from "../state-backend.ts";

/** Public records of the load balancer's addresses. A stack of its own, so that the fleet's needs one provider only. */
export class DnsStack extends TerraformStack {
  constructor(scope: Construct, config: FleetConfig) {
    super(scope, stackName(config, "dns"));
    useStateBucket(this, config, "dns");
    new CloudflareProvider(this, "cloudflare");
  }
}
