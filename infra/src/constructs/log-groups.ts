import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import type { FleetConfig } from "@compose-fleet/fleet";
import { Construct } from "constructs";
import { logGroupName } from "../account/names.ts";

const RETENTION_DAYS = 30;

/** Where the logs of all containers go, one group per kind of machine. */
export class LogGroups extends Construct {
  readonly workers: CloudwatchLogGroup;
  readonly monitoring: CloudwatchLogGroup;

  constructor(scope: Construct, id: string, config: FleetConfig) {
    super(scope, id);
    const group = (kind: "workers" | "monitoring") =>
      new CloudwatchLogGroup(this, kind, { name: logGroupName(config, kind), retentionInDays: RETENTION_DAYS });
    this.workers = group("workers");
    this.monitoring = group("monitoring");
  }
}
