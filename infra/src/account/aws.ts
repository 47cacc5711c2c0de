import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import type { FleetConfig } from "@compose-fleet/fleet";
import type { TerraformStack } from "cdktf";
import { fleetAccount } from "./account.ts";
import { resourceTags } from "./names.ts";

/** The AWS provider of a stack: the fleet's region, its tags on everything, and no account but the fleet's. Credentials are the environment's. */
export function useAws(stack: TerraformStack, config: FleetConfig): AwsProvider {
  return new AwsProvider(stack, "aws", {
    region: config.region,
    allowedAccountIds: [fleetAccount(config)],
    defaultTags: [{ tags: resourceTags(config) }],
  });
}
