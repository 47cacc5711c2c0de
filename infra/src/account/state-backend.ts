import type { FleetConfig } from "@compose-fleet/fleet";
import { S3Backend, type TerraformStack } from "cdktf";
import { fleetAccount } from "./account.ts";
import { resourceName, type StackKind, stackName } from "./names.ts";

const BUCKET_NAME_LIMIT = 63;

/**
 * Bucket that holds the state of all stacks of this fleet; the bootstrap stack creates it. Names of buckets are everybody's in the
 * world, so the account is always in it.
 */
export function stateBucketName(config: FleetConfig): string {
  return config.deploy.stateBucket ?? resourceName(config, `tfstate-${fleetAccount(config)}`, BUCKET_NAME_LIMIT);
}

/** Object of a stack's state in that bucket. */
export function stateKey(config: FleetConfig, kind: StackKind): string {
  return `${stackName(config, kind)}.tfstate`;
}

/** Keeps a stack's state in the fleet's bucket, locked by an object beside it while somebody applies. */
export function useStateBucket(stack: TerraformStack, config: FleetConfig, kind: StackKind): void {
  new S3Backend(stack, {
    bucket: stateBucketName(config),
    key: stateKey(config, kind),
    region: config.region,
    encrypt: true,
  });
  // cdktf 0.21 knows no property for these. Without the lock two people could apply at once.
  stack.addOverride("terraform.backend.s3.use_lockfile", true);
  stack.addOverride("terraform.backend.s3.allowed_account_ids", [fleetAccount(config)]);
}
