import { readFileSync } from "node:fs";
import { SsmDocument } from "@cdktf/provider-aws/lib/ssm-document/index.js";
import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import { Construct } from "constructs";
import { literal } from "./literal.ts";

const FOLDER = new URL("../../../stack-worker/ssm/", import.meta.url);

/** What may be done on a worker from outside, as SSM documents with checked parameters: three by the scaler, one by people. */
export class WorkerCommands extends Construct {
  readonly scale: SsmDocument;
  readonly drain: SsmDocument;
  readonly job: SsmDocument;

  constructor(scope: Construct, id: string, config: FleetConfig) {
    super(scope, id);
    const names = fleetNames(config);
    this.scale = this.document("scale", names.scaleDocument, "fleet-scale.json");
    this.drain = this.document("drain", names.drainDocument, "fleet-drain.json");
    this.document("maintenance", names.maintenanceDocument, "fleet-maintenance.json");
    this.job = this.document("job", names.jobDocument, "fleet-job.json");
  }

  private document(id: string, name: string, file: string): SsmDocument {
    return new SsmDocument(this, id, {
      name,
      documentType: "Command",
      documentFormat: "JSON",
      targetType: "/AWS::EC2::Instance",
      content: literal(JSON.stringify(JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")))),
    });
  }
}
