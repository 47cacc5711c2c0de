import type { FleetConfig, MachineKind } from "@compose-fleet/fleet";
import { fleetAccount } from "../account/account.ts";
import { logGroupName, parameterPath, resourcePattern } from "../account/names.ts";
import { arnOf, parameterArn } from "./arns.ts";
import { deploymentStatements } from "./deployment-statements.ts";
import { monitoringStatements } from "./monitoring-statements.ts";
import { snapshotStatements } from "./snapshot-statements.ts";
import type { Statement } from "./statement.ts";
import { workerStatements } from "./worker-statements.ts";

/** Not "fleet-…": what may change the fleet's roles must not change what bounds them. */
export function machineBoundaryName(config: FleetConfig): string {
  return `boundary-${config.name}-${config.environment}`;
}

/** ARN of the policy that bounds the fleet's roles. */
export function machineBoundaryArn(config: FleetConfig): string {
  return `arn:aws:iam::${fleetAccount(config)}:policy/${machineBoundaryName(config)}`;
}

/**
 * The most that any role of the fleet may do, whoever wrote its policy: what its roles may today,
 * by patterns of names instead of ARNs, as the boundary is there before anything else. Gives nobody anything by itself.
 */
export function machineBoundary(config: FleetConfig): readonly Statement[] {
  const own = (service: string, resource: string) => arnOf(config, service, resource);
  const machine = (kind: MachineKind) => ({
    repositoryArns: [own("ecr", `repository/fleet-${config.name}-${config.environment}/*`)],
    revisionBucketArn: `arn:aws:s3:::${resourcePattern(config, 36)}`,
    revisionPrefix: kind,
    logGroupArn: own("logs", `log-group:${logGroupName(config, kind)}`),
  });
  const named = resourcePattern(config);
  const all = [
    ...workerStatements(config, machine("workers")),
    ...monitoringStatements(config, {
      ...machine("monitoring"),
      tableArn: own("dynamodb", `table/${named}`),
      documentArns: [own("ssm", `document/${named}`)],
    }),
    ...deploymentStatements(config),
    ...(config.deploy.protect ? snapshotStatements(config) : []),
  ];
  return mergeAlike(all.map((statement) => allSecrets(config, statement)));
}

/** A service that gets a secret must not need another boundary. */
function allSecrets(config: FleetConfig, statement: Statement): Statement {
  if (!statement.actions.includes("ssm:GetParameter")) return statement;
  return { ...statement, resources: [parameterArn(config, `${parameterPath(config)}/*`)] };
}

/** One statement for all that are about the same resources under the same conditions. */
function mergeAlike(statements: readonly Statement[]): readonly Statement[] {
  const alike = new Map<string, Statement>();
  for (const { sid, actions, resources, conditions } of statements) {
    const key = JSON.stringify([resources, conditions]);
    const known = alike.get(key);
    const merged = [...new Set([...(known?.actions ?? []), ...actions])];
    alike.set(key, { sid: known?.sid ?? sid, actions: merged, resources, ...(conditions ? { conditions } : {}) });
  }
  return [...alike.values()];
}
