import type { AlarmConfiguration, AlarmStop } from "./alarms.ts";
import { type Diagnostics, LIFECYCLE_EVENTS, type LifecycleEventName, type Revision } from "./lifecycle.ts";

/*
 * One deployment, one instance at a time (CodeDeployDefault.OneAtATime), as AWS documents it:
 *
 *   Created ─► InProgress ─┬─► Succeeded   all succeeded, or all but the very last of at least two
 *                          ├─► Failed      any other instance failed: HEALTH_CONSTRAINTS, the rest is Skipped
 *                          └─► Stopped     somebody asked for it, or an alarm; the event that runs is ended first
 *
 * An instance that is gone is not noticed: its target stays as it is until the agent has been silent for too long.
 */

export type DeploymentStatus = "Created" | "InProgress" | "Succeeded" | "Failed" | "Stopped";
export type TargetStatus = "Pending" | "InProgress" | "Succeeded" | "Failed" | "Skipped";
export type Creator = "user" | "autoscaling" | "codeDeployRollback" | "CodeDeployAutoUpdate";
export type RollbackEvent = "DEPLOYMENT_FAILURE" | "DEPLOYMENT_STOP_ON_ALARM" | "DEPLOYMENT_STOP_ON_REQUEST";

/** One lifecycle event on one instance. Times are epoch milliseconds. */
export interface EventState {
  readonly name: LifecycleEventName;
  readonly status: TargetStatus;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  readonly diagnostics?: Diagnostics;
}

/** A deployment on one instance. */
export interface Target {
  readonly instanceId: string;
  readonly status: TargetStatus;
  readonly changedAtMs: number;
  readonly events: readonly EventState[];
}

/** Why a deployment ended badly, as AWS says it. */
export type DeploymentError =
  | { readonly code: "HEALTH_CONSTRAINTS" | "MANUAL_STOP" | "NO_INSTANCES"; readonly message: string }
  | AlarmStop;

/** That a deployment is to end: why, and whether the last good revision follows. */
export interface Stop {
  readonly rollBack: boolean;
  readonly error: DeploymentError;
}

/** What a deployment is created with. */
export interface DeploymentSpec {
  readonly id: string;
  readonly creator: Creator;
  readonly revision: Revision;
  readonly previousRevision?: Revision | undefined;
  readonly description: string;
  readonly ignoreApplicationStopFailures: boolean;
  readonly fileExistsBehavior: "DISALLOW" | "OVERWRITE" | "RETAIN";
  /** Instead of the group's. */
  readonly autoRollback?: { readonly enabled: boolean; readonly events: readonly RollbackEvent[] } | undefined;
  /** Instead of the group's. */
  readonly alarms?: AlarmConfiguration | undefined;
  /** The deployment that this one answers: rolls back, or continues on newer instances. */
  readonly root?: string;
  readonly instanceIds: readonly string[];
}

export interface Deployment extends Omit<DeploymentSpec, "instanceIds"> {
  readonly status: DeploymentStatus;
  readonly createdAtMs: number;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  readonly error?: DeploymentError;
  readonly stop?: Stop;
  /** Why there was no rollback although there should have been one. */
  readonly rollbackMessage?: string;
  readonly targets: readonly Target[];
}

/** A new deployment; one without instances has failed already. */
export function createDeployment({ instanceIds, ...spec }: DeploymentSpec, nowMs: number): Deployment {
  const targets = instanceIds.map(
    (instanceId): Target => ({
      instanceId,
      status: "Pending",
      changedAtMs: nowMs,
      events: LIFECYCLE_EVENTS.map((name) => ({ name, status: "Pending" as const })),
    }),
  );
  const created: Deployment = { ...spec, status: "Created", createdAtMs: nowMs, targets };
  if (targets.length > 0) return created;
  return ended(created, "Failed", nowMs, {
    code: "NO_INSTANCES",
    message: "The deployment failed because no instances were found for your deployment group.",
  });
}

/** Whether it still goes on. */
export function isActive(deployment: Deployment): boolean {
  return deployment.status === "Created" || deployment.status === "InProgress";
}

/** The instance whose turn it is; undefined when it is nobody's. */
export function nextTarget(deployment: Deployment): Target | undefined {
  if (!isActive(deployment) || deployment.stop) return undefined;
  return deployment.targets.find(({ status }) => status === "InProgress" || status === "Pending");
}

/** CodeDeploy has begun with it: from now on its instances can be listed. */
export function begun(deployment: Deployment, nowMs: number): Deployment {
  if (deployment.status !== "Created") return deployment;
  return { ...deployment, status: "InProgress", startedAtMs: nowMs };
}

/** The agent has taken up an event. */
export function startEvent(
  deployment: Deployment,
  instanceId: string,
  name: LifecycleEventName,
  nowMs: number,
): Deployment {
  if (!isActive(deployment)) return deployment;
  const change = { status: "InProgress", startedAtMs: nowMs } as const;
  return changeEvent(begun(deployment, nowMs), instanceId, name, "InProgress", change, nowMs);
}

/** The agent has ended an event; a failure ends the instance's turn, and mostly the deployment. */
export function endEvent(
  deployment: Deployment,
  instanceId: string,
  name: LifecycleEventName,
  diagnostics: Diagnostics,
  nowMs: number,
): Deployment {
  if (!isActive(deployment)) return deployment;
  const passed =
    diagnostics.errorCode === "Success" || (name === "ApplicationStop" && deployment.ignoreApplicationStopFailures);
  const isLast = name === LIFECYCLE_EVENTS.at(-1);
  const status = passed ? (isLast ? "Succeeded" : "InProgress") : "Failed";
  const outcome = { status: passed ? ("Succeeded" as const) : ("Failed" as const), endedAtMs: nowMs, diagnostics };
  return settled(changeEvent(deployment, instanceId, name, status, outcome, nowMs), nowMs);
}

/** The agent has been silent for too long: the event that it should have done has failed. */
export function agentSilent(deployment: Deployment, instanceId: string, nowMs: number): Deployment {
  const target = deployment.targets.find((each) => each.instanceId === instanceId);
  const event = target?.events.find(({ status }) => status === "InProgress" || status === "Pending");
  if (!event) return deployment;
  return endEvent({ ...deployment, ignoreApplicationStopFailures: false }, instanceId, event.name, SILENT, nowMs);
}

/** No instance is begun any more; an event that runs is ended first, unless `unreachable` says that nobody will ever hear of it. */
export function requestStop(
  deployment: Deployment,
  stop: Stop,
  unreachable: (instanceId: string) => boolean,
  nowMs: number,
): Deployment {
  if (!isActive(deployment)) return deployment;
  const targets = deployment.targets.map((target) =>
    target.status === "Pending" || (target.status === "InProgress" && unreachable(target.instanceId))
      ? skipped(target, nowMs)
      : target,
  );
  return settled({ ...deployment, stop, targets }, nowMs);
}

/** That somebody asked for the end. */
export const STOPPED_BY_USER: DeploymentError = {
  code: "MANUAL_STOP",
  message: "The deployment was stopped by a user.",
};

/** Instances whose last deployment failed come first, then those that never had one: what fails again changes least then. */
export function targetOrder(instanceIds: readonly string[], last: ReadonlyMap<string, boolean>): string[] {
  const rank = (id: string) => (last.get(id) === false ? 0 : last.get(id) === undefined ? 1 : 2);
  return [...instanceIds].sort((left, right) => rank(left) - rank(right));
}

const SILENT: Diagnostics = {
  errorCode: "UnknownError",
  scriptName: "",
  message:
    "CodeDeploy agent was not able to receive the lifecycle event. Check the CodeDeploy agent logs on your host and make sure the agent is running and can connect to the CodeDeploy server.",
  logTail: "",
};

function changeEvent(
  deployment: Deployment,
  instanceId: string,
  name: LifecycleEventName,
  status: TargetStatus,
  change: Partial<EventState> & Pick<EventState, "status">,
  nowMs: number,
): Deployment {
  const targets = deployment.targets.map((target): Target => {
    if (target.instanceId !== instanceId) return target;
    const events = target.events.map((event) => (event.name === name ? { ...event, ...change } : event));
    const changed = { ...target, status, changedAtMs: nowMs, events };
    return status === "Failed" ? { ...skipped(changed, nowMs), status } : changed;
  });
  return { ...deployment, targets };
}

/** What has not begun never will. */
function skipped(target: Target, nowMs: number): Target {
  const events = target.events.map((event) =>
    event.status === "Pending" || event.status === "InProgress" ? { ...event, status: "Skipped" as const } : event,
  );
  return { ...target, status: "Skipped", changedAtMs: nowMs, events };
}

/** Ends the deployment when what has happened to its targets decides it. */
function settled(deployment: Deployment, nowMs: number): Deployment {
  const count = (status: TargetStatus) => deployment.targets.filter((target) => target.status === status).length;
  const failed = count("Failed");
  const waiting = count("Pending");
  const working = deployment.targets.find((target) => target.status === "InProgress");
  if (deployment.stop) {
    if (working?.events.some((event) => event.status === "InProgress")) return deployment;
    const targets = deployment.targets.map((each) => (each.status === "InProgress" ? skipped(each, nowMs) : each));
    return ended({ ...deployment, targets }, "Stopped", nowMs, deployment.stop.error);
  }
  // All but one have to stay healthy, so only the last of several may fail.
  if (failed > 0 && (waiting > 0 || failed > 1 || deployment.targets.length === 1)) {
    const targets = deployment.targets.map((each) => (each.status === "Pending" ? skipped(each, nowMs) : each));
    return ended({ ...deployment, targets }, "Failed", nowMs, {
      code: "HEALTH_CONSTRAINTS",
      message:
        "The overall deployment failed because too many individual instances failed deployment, too few healthy instances are available for deployment, or some instances in your deployment group are experiencing problems.",
    });
  }
  return working || waiting > 0 ? deployment : ended(deployment, "Succeeded", nowMs);
}

function ended(deployment: Deployment, status: DeploymentStatus, nowMs: number, error?: DeploymentError): Deployment {
  return { ...deployment, status, endedAtMs: nowMs, ...(error ? { error } : {}) };
}
