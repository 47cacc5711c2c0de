import { type FleetConfig, fleetNames } from "@compose-fleet/fleet";
import { groupArn, parameterArn } from "./arns.ts";
import { type MachineResources, machineStatements } from "./machine-statements.ts";
import type { Statement } from "./statement.ts";

/** What a worker may do: what every machine may, learn its replica counts and what is in maintenance, and say that it is ready. */
export function workerStatements(config: FleetConfig, resources: MachineResources): readonly Statement[] {
  const { replicasParameter, maintenanceParameter } = fleetNames(config);
  return [
    ...machineStatements("workers", config, resources),
    {
      sid: "ReadReplicaCounts",
      actions: ["ssm:GetParameter"],
      resources: [replicasParameter, maintenanceParameter].map((name) => parameterArn(config, name)),
    },
    { sid: "ReportEndOfBoot", actions: ["autoscaling:CompleteLifecycleAction"], resources: [groupArn(config)] },
  ];
}
