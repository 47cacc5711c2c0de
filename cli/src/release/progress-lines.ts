import type { DeploymentTarget } from "@compose-fleet/releases";

const TAIL_LINES = 12;

/**
 * What happened on the machines between two looks, one line each: lifecycle events that ended, with the end of a failing script's output, and machines
 * that are done.
 */
export function progressLines(before: readonly DeploymentTarget[], after: readonly DeploymentTarget[]): string[] {
  return after.flatMap((target) => {
    const id = target.targetId ?? "a machine";
    const earlier = before.find(({ targetId }) => targetId === target.targetId);
    const events = (target.lifecycleEvents ?? []).flatMap((event) => {
      const known = earlier?.lifecycleEvents?.find((one) => one.lifecycleEventName === event.lifecycleEventName);
      if (known?.status === event.status) return [];
      if (event.status === "Succeeded") return [`  ${id}  ${event.lifecycleEventName}: ok`];
      if (event.status !== "Failed") return [];
      const { message, logTail = "" } = event.diagnostics ?? {};
      const tail = logTail
        .split("\n")
        .filter((line) => line.trim() !== "")
        .slice(-TAIL_LINES);
      return [
        `  ${id}  ${event.lifecycleEventName}: FAILED${message ? `: ${message}` : ""}`,
        ...tail.map((line) => `      ${line}`),
      ];
    });
    const isNews = earlier?.status !== target.status;
    const end = isNews && (target.status === "Succeeded" || target.status === "Skipped") ? [endOf(id, target)] : [];
    return [...events, ...end];
  });
}

/** Where a deployment is, in a few words: machines that are done, and what the one under way does. */
export function progressText(targets: readonly DeploymentTarget[]): string {
  const done = targets.filter(({ status }) => status === "Succeeded").length;
  const moving = targets.find(({ status }) => status === "InProgress");
  const event = moving?.lifecycleEvents?.find(({ status }) => status === "InProgress")?.lifecycleEventName;
  return `${done} of ${targets.length} done${moving === undefined ? "" : `, ${moving.targetId}${event === undefined ? "" : ` ${event}`}`}`;
}

function endOf(id: string, { status }: DeploymentTarget): string {
  return status === "Succeeded" ? `  ${id}  is at the revision` : `  ${id}  was skipped`;
}
