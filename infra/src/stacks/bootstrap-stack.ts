import type { FleetConfig } from "@compose-fleet/policy";
import { LocalBackend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { useAws } from "../aws.ts";
import { stackName } from "../names.ts";

/** What has to exist before the others: the state's bucket and the role that deploys. */
export class BootstrapStack extends TerraformStack {
  constructor(scope: Construct, config: FleetConfig) {
    super(scope, stackName(config, "bootstrap"));
    // The bucket cannot hold its own creation: local state first, moved once it exists (docs/deploy.md).
    new LocalBackend(this, { path: `${stackName(config, "bootstrap")}.tfstate` });
    useAws(this, config);
  }
}
