import {
  type DeploymentFacts,
  type DeploymentTarget,
  isActiveDeployment,
  isStoppedByItself,
} from "./deployment-facts.ts";
import { causeOfDeployment, causeOfTarget } from "./failure-cause.ts";

/** What a deployment has come to, by our own judgement of every instance. */
export type DeploymentVerdict =
  | { readonly kind: "running" }
  /** Every existing target is at the revision. `newcomers` exist but were no targets: they get a deployment of their own. */
  | { readonly kind: "succeeded"; readonly newcomers: readonly string[] }
  /** Some existing target is not. `failed` are those whose hooks failed; empty where the deployment failed or was stopped as a whole. */
  | { readonly kind: "failed"; readonly cause: string; readonly failed: readonly string[] }
  /**
   * No existing target failed, but these instances exist no more and the deployment waits for them, or has ended over them:
   * stop it if it runs, and deploy the same revision to the rest.
   */
  | { readonly kind: "gone"; readonly instances: readonly string[] };

/**
 * Judges a deployment by its targets rather than by its status, which is wrong in both directions: under OneAtATime a deployment
 * counts as Succeeded although its last instance failed, and one whose instance was terminated waits up to an hour for it.
 */
export function judgeDeployment({ deployment, targets, members }: DeploymentFacts): DeploymentVerdict {
  const exists = ({ targetId = "" }: DeploymentTarget) => members?.includes(targetId) ?? true;
  const existing = targets.filter(exists);
  const gone = targets.filter((target) => !exists(target) && target.status !== "Succeeded");
  const goneIds = idsOf(gone);

  if (isActiveDeployment(deployment.status)) {
    const isMoving = existing.some(({ status }) => status === "InProgress");
    const hasFailed = existing.some(({ status }) => status === "Failed");
    const isWaitedFor = gone.some(({ status }) => status === "InProgress");
    const isAllThatIsLeft = gone.some(isOpen) && !existing.some(isOpen);
    // After a failure the deployment ends by itself; until then the true cause may still be on its way.
    const hangs = !isMoving && !hasFailed && (isWaitedFor || isAllThatIsLeft);
    return hangs ? { kind: "gone", instances: goneIds } : { kind: "running" };
  }

  const failed = existing.filter(({ status }) => status === "Failed");
  if (failed.length > 0) return { kind: "failed", cause: failed.map(causeOfTarget).join("; "), failed: idsOf(failed) };
  const behind = existing.filter(({ status }) => status !== "Succeeded");
  // Even where every machine has it: new ones get the revision before, as this is none that succeeded.
  if (isStoppedByItself(deployment)) {
    const have = existing.length - behind.length;
    const reached = have === 0 ? "no machine has it" : `${have} of ${existing.length} machines have it`;
    return { kind: "failed", cause: `${reached}: ${causeOfDeployment(deployment)}`, failed: [] };
  }
  const isWhole = existing.length > 0 && behind.length === 0;
  if (isWhole || (deployment.status === "Succeeded" && behind.length === 0)) {
    const known = idsOf(targets);
    return { kind: "succeeded", newcomers: (members ?? []).filter((id) => !known.includes(id)) };
  }
  if (gone.length > 0) return { kind: "gone", instances: goneIds };
  const cause =
    deployment.status === "Succeeded" ? behind.map(causeOfTarget).join("; ") : causeOfDeployment(deployment);
  return { kind: "failed", cause, failed: [] };
}

function isOpen({ status }: DeploymentTarget): boolean {
  return status !== "Succeeded" && status !== "Failed" && status !== "Skipped";
}

function idsOf(targets: readonly DeploymentTarget[]): readonly string[] {
  return targets.flatMap(({ targetId }) => (targetId === undefined ? [] : [targetId]));
}
