import { type DeploymentInfo, isStoppedByItself } from "./deployment-facts.ts";
import type { DeploymentVerdict } from "./judge-deployment.ts";

/**
 * Who takes back a deployment that failed. us: CodeDeploy does not, as it calls it Succeeded, or as machines are gone from it; codedeploy: its
 * own rollback, where the group asks for one; alarm: one has stopped it, and would stop the way back, too; people: whoever stopped it knows why.
 */
export type WayBack = "us" | "codedeploy" | "alarm" | "people";

/**
 * What a roll-out does next.
 *
 *   deploying ─every machine has it──────────► done
 *       ▲     ├─machines are gone────► again ──┐
 *       │     ├─the same, too often──► given-up│
 *       │     └─a machine refuses────► failed  │
 *       └──── what runs is ended first ◄───────┘
 */
export type NextStep =
  | { readonly kind: "wait" }
  /** `newcomers` exist but were no targets. */
  | { readonly kind: "done"; readonly newcomers: readonly string[] }
  /** These machines are gone: what still runs is to be ended, then the same revision is deployed to the rest. */
  | { readonly kind: "again"; readonly gone: readonly string[] }
  | { readonly kind: "given-up"; readonly gone: readonly string[]; readonly back: WayBack }
  | { readonly kind: "failed"; readonly cause: string; readonly back: WayBack };

/** The next step after `begun` deployments of one revision, of which the last looks like this. Machines that disappear one after another end it after `limit`. */
export function nextStep(
  { deployment, verdict }: { readonly deployment: DeploymentInfo; readonly verdict: DeploymentVerdict },
  begun: number,
  limit: number,
): NextStep {
  switch (verdict.kind) {
    case "running":
      return { kind: "wait" };
    case "succeeded":
      return { kind: "done", newcomers: verdict.newcomers };
    case "failed":
      return { kind: "failed", cause: verdict.cause, back: wayBackOf(deployment) };
    case "gone":
      return begun < limit
        ? { kind: "again", gone: verdict.instances }
        : { kind: "given-up", gone: verdict.instances, back: deployment.status === "Failed" ? "codedeploy" : "us" };
  }
}

/** Who takes back a deployment that ended and is no success, by our own judgement. */
export function wayBackOf(deployment: DeploymentInfo): WayBack {
  if (deployment.status === "Succeeded") return "us";
  if (isStoppedByItself(deployment)) return "alarm";
  return deployment.status === "Stopped" ? "people" : "codedeploy";
}
