import type { DeploymentTarget } from "./deployment-facts.ts";
import type { Deployment, Deployments } from "./deployments.ts";
import { type DeploymentVerdict, judgeDeployment } from "./judge-deployment.ts";

/** A deployment as it is now, machine by machine, and what it has come to by our own judgement. */
export interface Look {
  readonly deployment: Deployment;
  readonly targets: readonly DeploymentTarget[];
  readonly verdict: DeploymentVerdict;
}

/** Looks at a deployment once. `members` are the machines that exist, undefined where they cannot be told. Throws what the port throws. */
export async function lookAt(
  deployments: Pick<Deployments, "read" | "targets">,
  id: string,
  members: () => Promise<readonly string[] | undefined>,
): Promise<Look> {
  const [deployment, targets, existing] = await Promise.all([deployments.read(id), deployments.targets(id), members()]);
  return { deployment, targets, verdict: judgeDeployment({ deployment, targets, members: existing }) };
}
