/**
 * What is known of a deployment. The shapes are those of CodeDeploy's own answers, so that they are judged as they came:
 * `GetDeployment`'s `deploymentInfo`, and the `instanceTarget`s of `BatchGetDeploymentTargets`.
 */
export interface DeploymentFacts {
  readonly deployment: DeploymentInfo;
  readonly targets: readonly DeploymentTarget[];
  /** Ids of the machines that exist: of the group's workers neither terminated nor on their way out. Undefined when they could not be read: then every target counts as existing. */
  readonly members: readonly string[] | undefined;
}

export interface DeploymentInfo {
  /** Created, Queued, InProgress, Baking, Ready, Succeeded, Failed or Stopped. */
  readonly status?: string | undefined;
  readonly applicationName?: string | undefined;
  readonly deploymentGroupName?: string | undefined;
  readonly errorInformation?: { readonly code?: string | undefined; readonly message?: string | undefined } | undefined;
}

export interface DeploymentTarget {
  /** Instance id. */
  readonly targetId?: string | undefined;
  /** Pending, InProgress, Succeeded, Failed, Skipped, Ready or Unknown. */
  readonly status?: string | undefined;
  readonly lifecycleEvents?: readonly LifecycleEvent[] | undefined;
}

export interface LifecycleEvent {
  readonly lifecycleEventName?: string | undefined;
  readonly status?: string | undefined;
  readonly diagnostics?:
    | {
        readonly errorCode?: string | undefined;
        readonly scriptName?: string | undefined;
        readonly message?: string | undefined;
        /** The end of the script's output, as the agent marks it: `[stdout]…` and `[stderr]…`. */
        readonly logTail?: string | undefined;
      }
    | undefined;
}

const ENDED = ["Succeeded", "Failed", "Stopped"];

/** Whether a deployment of this status still changes machines; one whose status is unknown may. */
export function isActiveDeployment(status: string | undefined): boolean {
  return !ENDED.includes(status ?? "");
}

/** Whether CodeDeploy ended it before its time, as for an alarm. What people stop has the code MANUAL_STOP. */
export function isStoppedByItself({ status, errorInformation }: DeploymentInfo): boolean {
  const code = errorInformation?.code ?? "";
  return status === "Stopped" && code !== "" && code !== "MANUAL_STOP";
}

/** Whether no machine has begun anything of it, so that each runs what it ran before. False where that is not known. */
export function isUntouched(targets: readonly DeploymentTarget[]): boolean {
  return targets.every(
    ({ status, lifecycleEvents }) =>
      (status === "Skipped" || status === "Pending") &&
      lifecycleEvents?.every((event) => event.status === "Skipped" || event.status === "Pending") === true,
  );
}
