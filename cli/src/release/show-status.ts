import { judgeDeployment } from "@compose-fleet/releases";

import type { CliContext } from "../run/context.ts";
import { openPlace } from "./place.ts";
import { progressText } from "./progress-lines.ts";
import { whose } from "./refusal.ts";
import { followDeps } from "./release-deps.ts";
import type { ReleaseOptions } from "./release-options.ts";

/** Tells the newest deployment to each kind of machine. Throws `CliError` with a sentence, and AWS's errors. */
export async function status(context: CliContext, options: ReleaseOptions): Promise<void> {
  const place = await openPlace(context, options);
  const { deployments, members } = followDeps(context, place);
  const found = [];
  for (const kind of options.only === undefined ? place.kinds : [options.only]) {
    const [deployment] = await deployments.recent(kind);
    if (deployment === undefined) {
      found.push({ kind, deployment: null });
      continue;
    }
    const targets = await deployments.targets(deployment.id);
    const verdict = judgeDeployment({ deployment, targets, members: await members(kind) });
    found.push({ kind, deployment, verdict, targets });
  }
  if (options.json) return context.print(JSON.stringify(found, null, 2));
  for (const one of found) {
    if (one.deployment === null) {
      context.print(`${one.kind}: nothing was released yet`);
      continue;
    }
    const { verdict, targets } = one;
    const cause = verdict?.kind === "failed" ? `: ${verdict.cause}` : "";
    context.print(`${one.kind}: ${whose(one.deployment)}`);
    context.print(
      `  ${verdict?.kind}${cause} (${progressText(targets ?? [])}; CodeDeploy says ${one.deployment.status})`,
    );
    for (const { targetId, status: state } of targets ?? []) context.print(`  ${targetId}  ${state}`);
  }
}
