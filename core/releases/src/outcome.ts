import type { Deployment, Deployments } from "./deployments.ts";

/**
 * How a deployment ended, or its status while it goes on. CodeDeploy calls one Succeeded whose last machine failed; here that is Failed.
 * Throws AWS's errors.
 */
export async function outcomeOf(
  deployments: Pick<Deployments, "targets">,
  { id, status = "unknown" }: Pick<Deployment, "id" | "status">,
): Promise<string> {
  if (status !== "Succeeded") return status;
  const targets = await deployments.targets(id);
  return targets.some((target) => target.status === "Failed") ? "Failed" : status;
}
