import { CliError, exitCodes } from "@compose-fleet/process";
import { createS3Revisions } from "@compose-fleet/release-aws/revisions";
import { isRevisionName } from "@compose-fleet/releases";

import type { CliContext } from "../run/context.ts";
import { untilIdle } from "./active-deployments.ts";
import { askFirst } from "./ask-first.ts";
import { author } from "./author.ts";
import { runBeforeRelease } from "./before-release.ts";
import { knownRevision, revisionBefore } from "./earlier-revision.ts";
import { openPlace } from "./place.ts";
import { followDeps, jobDeps } from "./release-deps.ts";
import type { ReleaseOptions } from "./release-options.ts";
import { currentRevision, rollOut } from "./roll-out.ts";
import { tellOutcome } from "./tell-outcome.ts";

/** Brings an earlier revision to the machines, and tells the outcome. Throws `CliError` with a sentence, and AWS's errors. */
export async function rollback(context: CliContext, given: string | undefined, options: ReleaseOptions): Promise<void> {
  if (given !== undefined && !isRevisionName(given))
    throw new CliError(
      `Got ${JSON.stringify(given)}: a revision is called like 0123456789ab-ba9876543210, see fleet release history. Nothing was changed.`,
      exitCodes.usage,
    );
  const place = await openPlace(context, options);
  const follow = followDeps(context, place);
  const store = createS3Revisions(place.clients.s3, place.bucket);
  const { kind, revision } =
    given === undefined
      ? await revisionBefore(follow.deployments, options.only ?? "workers")
      : await knownRevision(store, given, options.only);
  await untilIdle(follow, kind);
  await askFirst(context, place, options, `Bring ${kind} of ${place.words} to ${revision}?`);
  // One that was only uploaded has not had its jobs yet; of one that ran they are done.
  if (kind === "workers")
    await runBeforeRelease(jobDeps(follow, place), {
      config: place.config,
      revision,
      author: author(),
      evenIfLost: options.rerunJobs ?? false,
    });
  const backFrom = await currentRevision(follow, kind);
  const order = { kind, revision, author: author(), ...(backFrom === undefined ? {} : { backFrom }) };
  tellOutcome(context.print, options, [await rollOut(follow, order)]);
}
