import { pollUntil } from "@compose-fleet/process";
import { describeRollback, isUntouched, wayBackOf } from "@compose-fleet/releases";
import { endAll, everyLook } from "./active-deployments.ts";
import { causeOf, deploy, type End, type Wanted } from "./deploy.ts";
import { type FollowDeps, followDeployment } from "./follow-deployment.ts";
import type { RollOutOrder, RollOutResult } from "./roll-out-result.ts";

/** Within this time CodeDeploy has begun its own rollback of a deployment that failed. */
const OWN_ROLLBACK_MS = 20_000;
const NO_RIGHT_PAST_ALARMS =
  "These credentials may not deploy past an alarm: that takes codedeploy:UpdateDeploymentGroup.";

/** Goes back after a failure, unless no machine was touched; says which revision every machine runs then, null when there is none. */
export async function goBack(
  deps: FollowDeps,
  { kind, revision, author }: RollOutOrder,
  before: string | undefined,
  ids: string[],
): Promise<Pick<RollOutResult, "backAt" | "backFailure">> {
  const failedId = ids.at(-1);
  const own = failedId === undefined ? undefined : await ownRollback(deps, failedId);
  if (own !== undefined) {
    ids.push(own);
    const { revision: backAt } = await deps.deployments.read(own);
    const { verdict } = await followDeployment(deps, kind, own);
    if (verdict.kind === "succeeded") return { backAt: backAt ?? null };
    if (verdict.kind === "failed") return { backAt: null, backFailure: verdict.cause };
    await endAll(deps, kind);
  } else if (before !== undefined && (await isNothingTouched(deps, ids))) return { backAt: before };
  if (before === undefined || before === revision) return { backAt: null };
  deps.progress.note(`Going back to ${before}`);
  const description = describeRollback(before, author, revision);
  const end = await deployBack(deps, { kind, revision: before, description }, ids);
  return end.kind === "done" ? { backAt: before } : { backAt: null, backFailure: causeOf(end) };
}

/** Deploys what ran before. Where an alarm of the deployment group stops it, one more goes by none: it is what ends the alarm. */
export async function deployBack(deps: FollowDeps, what: Wanted, ids: string[]): Promise<End> {
  const end = await deploy(deps, what, ids);
  if (end.kind !== "failed" || end.back !== "alarm") return end;
  deps.progress.note("An alarm stopped the way back: once more, asking none.");
  try {
    return await deploy(deps, { ...what, askNoAlarm: true }, ids);
  } catch (error) {
    if (!(error instanceof Error && error.name.startsWith("AccessDenied"))) throw error;
    return { ...end, cause: `${end.cause}\n${NO_RIGHT_PAST_ALARMS}` };
  }
}

async function isNothingTouched({ deployments }: FollowDeps, ids: readonly string[]): Promise<boolean> {
  for (const id of ids) if (!isUntouched(await deployments.targets(id))) return false;
  return true;
}

/** The deployment by which CodeDeploy itself takes one back; none where it does not, as after "Succeeded" with a failed last machine. */
async function ownRollback(deps: FollowDeps, id: string): Promise<string | undefined> {
  const found = await pollUntil(
    async () => {
      const deployment = await deps.deployments.read(id);
      if (deployment.rollbackId !== undefined) return { rollbackId: deployment.rollbackId };
      return wayBackOf(deployment) === "us" ? { rollbackId: undefined } : undefined;
    },
    everyLook(deps, OWN_ROLLBACK_MS),
  );
  return found?.rollbackId;
}
