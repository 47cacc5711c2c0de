import { outcomeOf, whatRuns } from "@compose-fleet/releases";

import type { CliContext } from "../run/context.ts";
import { openPlace } from "./place.ts";
import { followDeps } from "./release-deps.ts";
import type { ReleaseOptions } from "./release-options.ts";

/** Tells the last deployments, newest first. Throws `CliError` with a sentence, and AWS's errors. */
export async function history(context: CliContext, options: ReleaseOptions): Promise<void> {
  const place = await openPlace(context, options);
  const { deployments } = followDeps(context, place);
  const found = [];
  for (const kind of options.only === undefined ? place.kinds : [options.only])
    for (const deployment of await deployments.recent(kind))
      found.push({ kind, ...deployment, outcome: await outcomeOf(deployments, deployment) });
  if (options.json) return context.print(JSON.stringify(found, null, 2));
  if (found.length === 0) context.print("Nothing was released yet.");
  for (const { kind, outcome, ...deployment } of found)
    context.print(
      [
        new Date(deployment.createdAtMs).toISOString(),
        kind.padEnd(10),
        deployment.id.padEnd(11),
        outcome.padEnd(10),
        whatRuns(deployment),
      ].join("  "),
    );
}
