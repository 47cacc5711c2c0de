import type { FleetConfig } from "@compose-fleet/policy";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { useAws } from "../aws.ts";
import { stackName } from "../names.ts";
import { useStateBucket } from "../state-backend.ts";

/** What a month may cost before somebody is told. */
export class BudgetStack extends TerraformStack {
  constructor(scope: Construct, config: FleetConfig) {
    super(scope, stackName(config, "budget"));
    useStateBucket(this, config, "budget");
    useAws(this, config);
  }
}
