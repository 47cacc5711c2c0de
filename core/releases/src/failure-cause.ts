import {
  type DeploymentInfo,
  type DeploymentTarget,
  isStoppedByItself,
  type LifecycleEvent,
} from "./deployment-facts.ts";

/** The end of a log tells the cause; more than this is for whoever opens the log. */
const TAIL_LIMIT = 600;

/** Why a target failed, as one sentence: instance, lifecycle event, script, error code, and the end of what it wrote. */
export function causeOfTarget({ targetId = "an instance", status, lifecycleEvents = [] }: DeploymentTarget): string {
  const event = lifecycleEvents.find((candidate) => candidate.status === "Failed");
  if (event) return `${targetId}: ${causeOfEvent(event)}`;
  if (status === "Skipped") return `${targetId} was skipped and still runs what it ran before`;
  const last = lifecycleEvents.findLast((candidate) => candidate.status !== "Pending")?.lifecycleEventName;
  return `${targetId} ended as ${status ?? "unknown"}${last ? ` after ${last}` : " before any hook ran"}`;
}

/** Why a deployment as a whole failed, in CodeDeploy's words. */
export function causeOfDeployment(deployment: DeploymentInfo): string {
  const { status, errorInformation } = deployment;
  const { code, message } = errorInformation ?? {};
  const said = [code, message].filter((part) => part !== undefined && part !== "").join(": ");
  if (isStoppedByItself(deployment)) return `${said.replace(/\.?$/, ".")} ${wayOut(deployment)}`;
  if (said) return said;
  return status === "Stopped" ? "the deployment was stopped" : `the deployment ended as ${status ?? "unknown"}`;
}

/** CodeDeploy stops by itself for alarms that somebody put on the deployment group: infra puts none there. */
function wayOut({ applicationName = "APPLICATION", deploymentGroupName = "GROUP" }: DeploymentInfo): string {
  return `CodeDeploy goes by alarms of the deployment group, and deploys nothing while one is active or cannot be read, not even the fix. Wait for its end and release again, or take them off, as the share of 5xx is watched without them: aws deploy update-deployment-group --application-name ${applicationName} --current-deployment-group-name ${deploymentGroupName} --alarm-configuration enabled=false,alarms=[]`;
}

function causeOfEvent({ lifecycleEventName = "a hook", diagnostics = {} }: LifecycleEvent): string {
  const { errorCode, scriptName, message, logTail } = diagnostics;
  const script = scriptName ? ` (${scriptName})` : "";
  // The script's own sentence says more than "Script at specified location … failed with exit code 1".
  const said = [errorCode, saidBy(logTail) || message].filter((part) => part !== undefined && part !== "").join(": ");
  return `${lifecycleEventName}${script} failed${said ? `: ${said}` : ""}`;
}

/** What the script wrote to stderr; its last line of stdout when it wrote nothing there. */
function saidBy(logTail = ""): string {
  const lines = logTail.split("\n").map((line) => line.trim());
  const of = (mark: string) =>
    lines
      .filter((line) => line.startsWith(mark))
      .map((line) => line.slice(mark.length).trim())
      .filter((line) => line !== "");
  const errors = of("[stderr]").join(" ");
  return (errors || of("[stdout]").at(-1) || lines.findLast((line) => line !== "") || "").slice(-TAIL_LIMIT);
}
