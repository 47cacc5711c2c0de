import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import type { Construct } from "constructs";

/** The scaler's table: lease, claims, overrides, decisions. Paid by the request, as it is small and rarely written. */
export function createStateTable(scope: Construct, id: string, config: FleetConfig): DynamodbTable {
  return new DynamodbTable(scope, id, {
    name: fleetNames(config).table,
    billingMode: "PAY_PER_REQUEST",
    hashKey: "pk",
    rangeKey: "sk",
    attribute: [
      { name: "pk", type: "S" },
      { name: "sk", type: "S" },
    ],
    ttl: { attributeName: "expiresAt", enabled: true },
    pointInTimeRecovery: { enabled: true },
    serverSideEncryption: { enabled: true },
    deletionProtectionEnabled: config.deploy.protect,
  });
}
