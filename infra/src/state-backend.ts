import type { FleetConfig } from "@compose-fleet/policy";
import { S3Backend, type TerraformStack } from "cdktf";
import { resourceName, type StackKind, stackName } from "./names.ts";

const BUCKET_NAME_LIMIT = 63;

/** Bucket that holds the state of all stacks of this fleet; the bootstrap stack creates it. */
export function stateBucketName(config: FleetConfig): string {
  const { account, stateBucket } = config.deploy;
  return stateBucket ?? resourceName(config, account ? `tfstate-${account}` : "tfstate", BUCKET_NAME_LIMIT);
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
  // cdktf 0.21 knows no property for it; without it two people could apply at once.
  stack.addOverride("terraform.backend.s3.use_lockfile", true);
}
