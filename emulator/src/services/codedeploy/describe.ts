import type {
  AlarmConfiguration as AwsAlarms,
  DeploymentInfo,
  DeploymentTarget,
  RevisionLocation,
} from "@aws-sdk/client-codedeploy";
import type { AlarmConfiguration } from "../../releases/alarms.ts";
import type { Deployment, Target } from "../../releases/deployment.ts";
import type { Revision } from "../../releases/lifecycle.ts";

/** Names that every answer repeats. */
export interface CodeDeployNames {
  readonly application: string;
  readonly deploymentGroup: string;
  readonly autoScalingGroup: string;
  readonly region: string;
}

const CONFIG = "CodeDeployDefault.OneAtATime";
/** In place: no traffic control, one at a time. */
export const STYLE = { deploymentOption: "WITHOUT_TRAFFIC_CONTROL", deploymentType: "IN_PLACE" } as const;

/** A revision's place in AWS's words. */
export function describeRevision({ bucket, key, bundleType }: Revision): RevisionLocation {
  return { revisionType: "S3", s3Location: { bucket, key, bundleType } };
}

/** Alarms in AWS's words. */
export function describeAlarms({ alarms, ...rest }: AlarmConfiguration): AwsAlarms {
  return { ...rest, alarms: alarms.map((name) => ({ name })) };
}

/** A deployment in AWS's words. `all` finds the deployments that answer it. */
export function describeDeployment(
  deployment: Deployment,
  names: CodeDeployNames,
  all: readonly Deployment[],
): DeploymentInfo {
  const count = (status: Target["status"]) => deployment.targets.filter((target) => target.status === status).length;
  const date = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms));
  const answers = (creator: Deployment["creator"]) =>
    all.filter((each) => each.root === deployment.id && each.creator === creator).map(({ id }) => id);
  const [rollback] = answers("codeDeployRollback");
  const updates = answers("CodeDeployAutoUpdate");
  return {
    applicationName: names.application,
    deploymentGroupName: names.deploymentGroup,
    deploymentConfigName: CONFIG,
    deploymentId: deployment.id,
    previousRevision: deployment.previousRevision && describeRevision(deployment.previousRevision),
    revision: describeRevision(deployment.revision),
    status: deployment.status,
    errorInformation: deployment.error,
    createTime: date(deployment.createdAtMs),
    startTime: date(deployment.startedAtMs),
    completeTime: date(deployment.endedAtMs),
    deploymentOverview: {
      Pending: count("Pending"),
      InProgress: count("InProgress"),
      Succeeded: count("Succeeded"),
      Failed: count("Failed"),
      Skipped: count("Skipped"),
      Ready: 0,
    },
    description: deployment.description || undefined,
    creator: deployment.creator,
    ignoreApplicationStopFailures: deployment.ignoreApplicationStopFailures,
    autoRollbackConfiguration: deployment.autoRollback && {
      enabled: deployment.autoRollback.enabled,
      events: [...deployment.autoRollback.events],
    },
    overrideAlarmConfiguration: deployment.alarms && describeAlarms(deployment.alarms),
    updateOutdatedInstancesOnly: false,
    rollbackInfo: rollbackInfo(deployment, rollback),
    deploymentStyle: STYLE,
    instanceTerminationWaitTimeStarted: false,
    fileExistsBehavior: deployment.fileExistsBehavior,
    computePlatform: "Server",
    relatedDeployments:
      deployment.creator === "CodeDeployAutoUpdate"
        ? { autoUpdateOutdatedInstancesRootDeploymentId: deployment.root }
        : updates.length > 0
          ? { autoUpdateOutdatedInstancesDeploymentIds: updates }
          : undefined,
  };
}

function rollbackInfo(deployment: Deployment, rollback: string | undefined): DeploymentInfo["rollbackInfo"] {
  if (deployment.creator === "codeDeployRollback") return { rollbackTriggeringDeploymentId: deployment.root };
  if (rollback !== undefined) return { rollbackDeploymentId: rollback };
  return deployment.rollbackMessage === undefined ? undefined : { rollbackMessage: deployment.rollbackMessage };
}

/** A deployment on one instance in AWS's words. */
export function describeTarget(deployment: Deployment, target: Target, region: string): DeploymentTarget {
  return {
    deploymentTargetType: "InstanceTarget",
    instanceTarget: {
      deploymentId: deployment.id,
      targetId: target.instanceId,
      targetArn: `arn:aws:ec2:${region}:000000000000:instance/${target.instanceId}`,
      status: target.status,
      lastUpdatedAt: new Date(target.changedAtMs),
      lifecycleEvents: target.events.map(({ name, status, startedAtMs, endedAtMs, diagnostics }) => ({
        lifecycleEventName: name,
        status,
        startTime: startedAtMs === undefined ? undefined : new Date(startedAtMs),
        endTime: endedAtMs === undefined ? undefined : new Date(endedAtMs),
        diagnostics,
      })),
    },
  };
}
