import {
  type DeploymentFacts,
  type DeploymentTarget,
  type DeploymentVerdict,
  judgeDeployment,
} from "@compose-fleet/releases";
import { expect, test } from "vitest";

const of = (...statuses: string[]): DeploymentTarget[] =>
  statuses.map((status, index) => ({ targetId: `i-${index + 1}`, status }));
const facts = (
  status: string,
  targets: readonly DeploymentTarget[],
  members: readonly string[] = targets.flatMap(({ targetId = "" }) => targetId),
): DeploymentFacts => ({ deployment: { status }, targets, members });
const crashed: DeploymentTarget = {
  targetId: "i-3",
  status: "Failed",
  lifecycleEvents: [
    { lifecycleEventName: "AfterInstall", status: "Succeeded", diagnostics: { errorCode: "Success" } },
    {
      lifecycleEventName: "ApplicationStart",
      status: "Failed",
      diagnostics: {
        errorCode: "ScriptFailed",
        scriptName: "hooks/application-start.sh",
        message: "Script at specified location: hooks/application-start.sh run as user root failed with exit code 1",
        logTail:
          "LifecycleEvent - ApplicationStart\nScript - hooks/application-start.sh\n[stdout]service-a: 1 of 3 replaced\n[stderr]service-a crashes at its start:\n[stderr]cannot listen\n",
      },
    },
    { lifecycleEventName: "ValidateService", status: "Skipped" },
  ],
};
const CAUSE =
  "i-3: ApplicationStart (hooks/application-start.sh) failed: ScriptFailed: service-a crashes at its start: cannot listen";

const byAlarm = (targets: readonly DeploymentTarget[]): DeploymentFacts => ({
  ...facts("Stopped", targets),
  deployment: {
    status: "Stopped",
    applicationName: "fleet-demo-production-releases",
    deploymentGroupName: "workers",
    errorInformation: { code: "ALARM_ACTIVE", message: "Activated alarms: <errors>" },
  },
});
const ALARM =
  "ALARM_ACTIVE: Activated alarms: <errors>. CodeDeploy goes by alarms of the deployment group, and deploys nothing while one is active or cannot be read, not even the fix. Wait for its end and release again, or take them off, as the share of 5xx is watched without them: aws deploy update-deployment-group --application-name fleet-demo-production-releases --current-deployment-group-name workers --alarm-configuration enabled=false,alarms=[]";

test.each<[rule: string, facts: DeploymentFacts, verdict: string]>([
  ["created, and its targets not listed yet", facts("Created", []), "running"],
  ["one instance after another", facts("InProgress", of("Succeeded", "InProgress", "Pending")), "running"],
  ["between two instances nothing moves", facts("InProgress", of("Succeeded", "Pending", "Pending")), "running"],
  ["a failed instance, before the deployment ends", facts("InProgress", of("Failed", "Pending", "Pending")), "running"],
  ["a status that is unknown to us", facts("Baking", of("Succeeded", "Succeeded", "Succeeded")), "running"],
  ["all at the revision", facts("Succeeded", of("Succeeded", "Succeeded", "Succeeded")), "succeeded"],
  [
    "Succeeded although the last instance failed, as AWS says under OneAtATime",
    facts("Succeeded", [...of("Succeeded", "Succeeded"), crashed]),
    `failed ${CAUSE}`,
  ],
  [
    "Succeeded although an instance was skipped",
    facts("Succeeded", of("Succeeded", "Succeeded", "Skipped")),
    "failed i-3 was skipped and still runs what it ran before",
  ],
  [
    "an instance of unknown end",
    facts("Succeeded", of("Succeeded", "Succeeded", "Unknown")),
    "failed i-3 ended as Unknown before any hook ran",
  ],
  ["failed, the rest skipped", facts("Failed", [crashed, ...of("Skipped", "Skipped")]), `failed ${CAUSE}`],
  ["stopped by somebody", facts("Stopped", of("Succeeded", "Skipped", "Skipped")), "failed the deployment was stopped"],
  [
    "stopped by an alarm: who has it, and the way out",
    byAlarm(of("Succeeded", "Skipped", "Skipped")),
    `failed 1 of 3 machines have it: ${ALARM}`,
  ],
  ["stopped by an alarm before it began, with nothing to list", byAlarm([]), `failed no machine has it: ${ALARM}`],
  [
    "stopped by an alarm when every machine had it: new ones get the one before",
    byAlarm(of("Succeeded", "Succeeded")),
    `failed 2 of 2 machines have it: ${ALARM}`,
  ],
  [
    "stopped by somebody who says so",
    {
      ...facts("Stopped", of("Succeeded", "Succeeded")),
      deployment: { status: "Stopped", errorInformation: { code: "MANUAL_STOP" } },
    },
    "succeeded",
  ],
  [
    "failed as a whole, in CodeDeploy's words",
    {
      deployment: { status: "Failed", errorInformation: { code: "REVISION_MISSING", message: "there is no object" } },
      targets: of("Pending"),
      members: ["i-1"],
    },
    "failed REVISION_MISSING: there is no object",
  ],
  [
    "waits for a terminated instance",
    facts("InProgress", of("Succeeded", "InProgress", "Pending"), ["i-1", "i-3"]),
    "gone i-2",
  ],
  [
    "a terminated instance is next, another is under way",
    facts("InProgress", of("InProgress", "Pending"), ["i-1"]),
    "running",
  ],
  [
    "only terminated ones are left",
    facts("InProgress", of("Succeeded", "Succeeded", "Pending"), ["i-1", "i-2"]),
    "gone i-3",
  ],
  [
    "others are left, too: CodeDeploy may take those first",
    facts("InProgress", of("Pending", "Pending"), ["i-1"]),
    "running",
  ],
  [
    "one that was done and terminated later holds nothing up",
    facts("InProgress", of("Succeeded", "InProgress"), ["i-2"]),
    "running",
  ],
  [
    "stopped because of a terminated instance",
    facts("Stopped", of("Succeeded", "InProgress", "Skipped"), ["i-1", "i-3"]),
    "gone i-2",
  ],
  [
    "failed over a terminated instance alone",
    facts("Failed", of("Failed", "Skipped", "Skipped"), ["i-2", "i-3"]),
    "gone i-1",
  ],
  [
    "failed over a terminated instance, every other was done before",
    facts("Failed", of("Succeeded", "Succeeded", "Failed"), ["i-1", "i-2"]),
    "succeeded",
  ],
  [
    "both terminated and failed: the failure counts",
    facts("Failed", [...of("Failed", "Skipped"), crashed], ["i-2", "i-3"]),
    `failed ${CAUSE}`,
  ],
  [
    "nobody knows which exist: all do",
    { ...facts("InProgress", of("Succeeded", "InProgress")), members: undefined },
    "running",
  ],
  ["all terminated meanwhile", facts("Failed", of("Failed"), ["i-9"]), "gone i-1"],
  ["born during the deployment", facts("Succeeded", of("Succeeded"), ["i-1", "i-9"]), "succeeded, but not i-9"],
])("%s", (_rule, given, expected) => {
  expect(said(judgeDeployment(given))).toBe(expected);
});

function said(verdict: DeploymentVerdict): string {
  if (verdict.kind === "failed") return `failed ${verdict.cause}`;
  if (verdict.kind === "gone") return `gone ${verdict.instances.join()}`;
  if (verdict.kind === "succeeded" && verdict.newcomers.length > 0)
    return `succeeded, but not ${verdict.newcomers.join()}`;
  return verdict.kind;
}
