import type { Deployment, RollbackEvent } from "./deployment.ts";
import { type Revision, sameRevision } from "./lifecycle.ts";

/** What CodeDeploy does by itself when a deployment has ended. */
export type Aftermath =
  | { readonly kind: "nothing" }
  | { readonly kind: "roll-back"; readonly revision: Revision }
  /** It should have rolled back, and why it does not. */
  | { readonly kind: "no-rollback"; readonly message: string }
  | { readonly kind: "update-outdated"; readonly instanceIds: readonly string[] };

/** What is known of the deployment group when a deployment has ended. */
export interface GroupFacts {
  readonly autoRollback: { readonly enabled: boolean; readonly events: readonly RollbackEvent[] };
  /** The last one that succeeded before this deployment. */
  readonly lastSuccessful: Revision | undefined;
  /** What each instance of the group was given when it was born or deployed to; an instance that waits for its first is not in it. */
  readonly given: ReadonlyMap<string, Revision | undefined>;
}

/**
 * A failure is answered by a deployment of the last successful revision, to all instances; a success by one to instances that were
 * born meanwhile at an older revision (`outdatedInstancesStrategy: UPDATE`). A rollback is never rolled back, and an instance's own
 * first deployment concerns nobody else.
 */
export function aftermathOf(deployment: Deployment, facts: GroupFacts): Aftermath {
  if (deployment.creator === "autoscaling") return { kind: "nothing" };
  if (deployment.status === "Succeeded") {
    const targeted = new Set(deployment.targets.map(({ instanceId }) => instanceId));
    const instanceIds = [...facts.given].flatMap(([instanceId, revision]) =>
      targeted.has(instanceId) || sameRevision(revision, deployment.revision) ? [] : [instanceId],
    );
    return instanceIds.length > 0 ? { kind: "update-outdated", instanceIds } : { kind: "nothing" };
  }
  if (deployment.creator === "codeDeployRollback") return { kind: "nothing" };
  const wanted =
    deployment.status === "Stopped"
      ? deployment.stop?.rollBack
      : rollsBackOn("DEPLOYMENT_FAILURE", deployment.autoRollback ?? facts.autoRollback);
  if (!wanted) return { kind: "nothing" };
  if (!facts.lastSuccessful)
    return {
      kind: "no-rollback",
      message: "The deployment was not rolled back: the deployment group has no successful deployment before it.",
    };
  return { kind: "roll-back", revision: facts.lastSuccessful };
}

/** Whether a deployment that ends so is to be followed by the last good revision. */
export function rollsBackOn(event: RollbackEvent, { enabled, events }: GroupFacts["autoRollback"]): boolean {
  return enabled && events.includes(event);
}
