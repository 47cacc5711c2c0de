import type { FleetConfig } from "@compose-fleet/fleet";
import { LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { useAws } from "../account/aws.ts";
import { stackName } from "../account/names.ts";
import { stateBucketName, useStateBucket } from "../account/state-backend.ts";
import { GithubRoles } from "../constructs/github-roles.ts";
import { PrivateBucket } from "../constructs/private-bucket.ts";

/** A state that was replaced is worth a look back for this long. */
const KEEP_STATES_DAYS = 90;

/** Where the bootstrap stack keeps its own state: beside itself until its bucket exists. */
export type BootstrapState = "local" | "bucket";

/** What has to exist before the others: the state's bucket and GitHub's roles. */
export class BootstrapStack extends TerraformStack {
  constructor(scope: Construct, config: FleetConfig, state: BootstrapState = "bucket") {
    super(scope, stackName(config, "bootstrap"));
    if (state === "local") new LocalBackend(this, { path: `${stackName(config, "bootstrap")}.tfstate` });
    else useStateBucket(this, config, "bootstrap");
    useAws(this, config);
    new PrivateBucket(this, "state", {
      name: { exact: stateBucketName(config) },
      // The states of the other stacks are in it: S3 refuses to delete it as long as they are.
      forceDestroy: false,
      keepReplacedDays: KEEP_STATES_DAYS,
    });
    const { github } = config.deploy;
    const roles = github && new GithubRoles(this, "github", config, github);
    new TerraformOutput(this, "next", {
      value: [
        `The state's bucket is ${stateBucketName(config)}. Next: npx fleet secrets generate && npm run deploy -- fleet`,
        ...(roles ? [`GitHub's workflows release by ${roles.release.arn}`] : []),
        ...(roles?.infrastructure ? [`and change the infrastructure by ${roles.infrastructure.arn}`] : []),
      ].join("\n"),
    });
  }
}
