import type { RecordedDecision } from "@compose-fleet/wh-api";
import type { Action } from "./timeline.ts";

/**
 * The decision as a change that was made; undefined when it changed nothing. A scale-in of workers is its drain, a cancelled drain is a
 * scale-out; the termination that follows a drain changes nothing more.
 */
export function actionOf(decision: RecordedDecision): Action | undefined {
  if (decision.kind === "terminate-worker") return undefined;
  if (decision.kind === "hold" || decision.outcome?.status !== "applied" || decision.from === decision.to)
    return undefined;
  const { atMs, target, from, to, text } = decision;
  const replicas = target.startsWith("replicas/");
  return {
    atMs,
    level: replicas ? "containers" : "instances",
    target: target.replace(/^replicas\//, ""),
    from,
    to,
    reason: text,
  };
}
