import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import type { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import type { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository/index.js";
import type { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import type { FleetConfig, MachineKind } from "@compose-fleet/fleet";
import { Construct } from "constructs";
import { resourceName } from "../account/names.ts";
import { monitoringStatements } from "../iam/monitoring-statements.ts";
import { workerStatements } from "../iam/worker-statements.ts";
import { MachineRole } from "./role.ts";
import type { WorkerCommands } from "./worker-commands.ts";

export interface MachineRolesProps {
  readonly config: FleetConfig;
  readonly repositories: readonly EcrRepository[];
  readonly revisionBucket: S3Bucket;
  readonly logGroups: Readonly<Record<MachineKind, CloudwatchLogGroup>>;
  readonly stateTable: DynamodbTable;
  readonly commands: WorkerCommands;
}

/** The role of each kind of machine. */
export class MachineRoles extends Construct {
  readonly workers: MachineRole;
  readonly monitoring: MachineRole;

  constructor(scope: Construct, id: string, props: MachineRolesProps) {
    super(scope, id);
    const { config, repositories, revisionBucket, logGroups, stateTable, commands } = props;
    const resources = (kind: MachineKind) => ({
      repositoryArns: repositories.map(({ arn }) => arn),
      revisionBucketArn: revisionBucket.arn,
      revisionPrefix: kind,
      logGroupArn: logGroups[kind].arn,
    });
    this.workers = new MachineRole(this, "workers", {
      config,
      name: resourceName(config, "workers"),
      description: "Workers of the fleet",
      statements: workerStatements(config, resources("workers")),
    });
    this.monitoring = new MachineRole(this, "monitoring", {
      config,
      name: resourceName(config, "monitoring"),
      description: "The fleet's monitoring instance, with the scaler",
      statements: monitoringStatements(config, {
        ...resources("monitoring"),
        tableArn: stateTable.arn,
        documentArns: [commands.scale.arn, commands.drain.arn, commands.job.arn],
      }),
    });
  }
}
