import { CodedeployApp } from "@cdktf/provider-aws/lib/codedeploy-app/index.js";
import { CodedeployDeploymentGroup } from "@cdktf/provider-aws/lib/codedeploy-deployment-group/index.js";
import { type FleetConfig, fleetNames, revisionBucketPrefix } from "@compose-fleet/fleet";
import { Construct } from "constructs";
import { applicationName, fleetTags, resourceName, sha256 } from "../account/names.ts";
import { deploymentStatements } from "../iam/deployment-statements.ts";
import { PrivateBucket } from "./private-bucket.ts";
import { Role } from "./role.ts";

/** Long enough to go back to a revision that was replaced. */
const KEEP_REVISIONS_DAYS = 90;

export interface ReleasesProps {
  readonly config: FleetConfig;
  /** Name of the workers' Auto Scaling group. */
  readonly groupName: string;
  /** Tag `Name` of the monitoring instance. */
  readonly monitoringName: string;
}

/** How new revisions of both stacks reach the machines: CodeDeploy, in place, one machine at a time. */
export class Releases extends Construct {
  readonly application: CodedeployApp;
  readonly workers: CodedeployDeploymentGroup;
  readonly monitoring: CodedeployDeploymentGroup;
  readonly role: Role;

  constructor(scope: Construct, id: string, { config, groupName, monitoringName }: ReleasesProps) {
    super(scope, id);
    this.role = new Role(this, "role", {
      config,
      name: resourceName(config, "codedeploy"),
      description: "CodeDeploy, on this fleet's machines",
      service: "codedeploy.amazonaws.com",
      statements: deploymentStatements(config),
    });
    this.application = new CodedeployApp(this, "application", {
      name: applicationName(config),
      computePlatform: "Server",
    });
    const common = {
      appName: this.application.name,
      serviceRoleArn: this.role.role.arn,
      deploymentConfigName: "CodeDeployDefault.OneAtATime",
      // With one worker, traffic control would take the only target away: the hooks on the worker see to its traffic.
      deploymentStyle: { deploymentOption: "WITHOUT_TRAFFIC_CONTROL", deploymentType: "IN_PLACE" },
      outdatedInstancesStrategy: "UPDATE",
      dependsOn: [this.role.policy],
    };
    this.workers = new CodedeployDeploymentGroup(this, "workers", {
      ...common,
      deploymentGroupName: fleetNames(config).workersDeploymentGroup,
      autoscalingGroups: [groupName],
      // No alarm: while one is active CodeDeploy would refuse the fix, and the way back.
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
    });
    const tags = { ...fleetTags(config), Name: monitoringName };
    this.monitoring = new CodedeployDeploymentGroup(this, "monitoring", {
      ...common,
      deploymentGroupName: "monitoring",
      // Sets are joined by "and"; filters within a set by "or".
      ec2TagSet: Object.entries(tags).map(([key, value]) => ({
        ec2TagFilter: [{ key, type: "KEY_AND_VALUE", value }],
      })),
      autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
    });
  }
}

/** The bucket of the revisions. Its name must be nobody else's in the world, so AWS completes it. */
export function createRevisionBucket(scope: Construct, id: string, config: FleetConfig): PrivateBucket {
  return new PrivateBucket(scope, id, {
    name: { prefix: revisionBucketPrefix(config, sha256) },
    // Revisions are made from the repository's commits: nothing is lost with them.
    forceDestroy: true,
    keepReplacedDays: KEEP_REVISIONS_DAYS,
  });
}
