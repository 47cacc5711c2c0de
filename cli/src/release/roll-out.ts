import type { MachineKind } from "@compose-fleet/fleet";
import { describeRelease, describeRollback } from "@compose-fleet/releases";
import { endAll, untilIdle } from "./active-deployments.ts";
import { causeOf, deploy } from "./deploy.ts";
import { type ErrorWatch, watchErrors } from "./error-watch.ts";
import type { FollowDeps } from "./follow-deployment.ts";
import { deployBack, goBack } from "./go-back.ts";
import type { RollOutOrder, RollOutResult } from "./roll-out-result.ts";

/** The revision that the machines run by the last deployment that ended well; undefined before the first one. Throws AWS's errors. */
export async function currentRevision(deps: Pick<FollowDeps, "deployments">, kind: MachineKind) {
  const ended = await deps.deployments.recent(kind, ["Succeeded"]);
  return ended.find(({ revision }) => revision !== undefined)?.revision;
}

/**
 * Brings all machines of a kind to a revision that is in the bucket, judges each of them, and goes back by itself where one failed. A machine that is lost
 * meanwhile does not hold it up. Throws `CliError`, with nothing changed, while somebody else's deployment runs; AWS's errors.
 */
export async function rollOut(deps: FollowDeps, order: RollOutOrder): Promise<RollOutResult> {
  const { kind, revision, author } = order;
  await untilIdle(deps, kind);
  const before = await currentRevision(deps, kind);
  const ids: string[] = [];
  const description =
    order.backFrom === undefined
      ? describeRelease(revision, author)
      : describeRollback(revision, author, order.backFrom);
  // A way back asks for no share of errors: it is what ends them.
  const isWayBack = order.backFrom !== undefined;
  const errors = kind === "workers" && !isWayBack ? errorWatch(deps) : undefined;
  const what = { kind, revision, description };
  const end = await (isWayBack ? deployBack(deps, what, ids) : deploy(deps, what, ids, errors));
  const result = { kind, revision, deployments: ids };
  if (end.kind === "done") return { ...result, status: "succeeded", cause: null, backAt: null };
  const cause = causeOf(end);
  // One that was stopped here goes on until its machine's step is over.
  await endAll(deps, kind, [ids.at(-1)]);
  return { ...result, status: "failed", cause, ...(await goBack(deps, order, before, ids)) };
}

function errorWatch({ errorShares, clock, progress }: FollowDeps): ErrorWatch | undefined {
  return errorShares && watchErrors({ read: errorShares, nowMs: clock.nowMs, progress });
}
