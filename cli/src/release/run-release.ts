import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { MachineKind } from "@compose-fleet/fleet";

import { renderStacks } from "@compose-fleet/render";
import type { CliContext } from "../run/context.ts";
import { untilIdle } from "./active-deployments.ts";
import { askFirst } from "./ask-first.ts";
import { author } from "./author.ts";
import { runBeforeRelease } from "./before-release.ts";
import type { FollowDeps } from "./follow-deployment.ts";
import { createGitSource } from "./git-source.ts";
import { makeRevisions } from "./make-revisions.ts";
import { ownImages } from "./own-image.ts";
import { openPlace } from "./place.ts";
import { followDeps, jobDeps, makeDeps } from "./release-deps.ts";
import type { ReleaseOptions } from "./release-options.ts";
import { currentRevision, rollOut } from "./roll-out.ts";
import type { RollOutResult } from "./roll-out-result.ts";
import { tellOutcome, tellUploaded } from "./tell-outcome.ts";
import { wantedKinds } from "./wanted-kinds.ts";

/** Releases the commit that is checked out, and tells the outcome. Throws `CliError` with a sentence, and AWS's errors. */
export async function release(context: CliContext, options: ReleaseOptions): Promise<void> {
  const { root, machine, print } = context;
  const place = await openPlace(context, options);
  const source = createGitSource({ runner: machine.runner, root });
  const images = ownImages(place.config, (path) => existsSync(join(root, path)));
  const kinds = wantedKinds(place, options, images);
  const commit = await source.cleanCommit();
  const follow = followDeps(context, place);
  // What is only uploaded gets in nobody's way.
  if (!options.uploadOnly) for (const kind of kinds) await untilIdle(follow, kind);
  const what = `${commit.id.slice(0, 12)} "${commit.subject}"`;
  await askFirst(
    context,
    place,
    options,
    options.uploadOnly ? `Upload ${what} for ${place.words}?` : `Release ${what} to ${place.words}?`,
  );
  // From here on there is something to clean up: a folder with the registry's password, temporary files.
  context.stop.throwIfAborted();
  const made = await makeRevisions(makeDeps(context, place), {
    config: place.config,
    commit,
    fleetFile: await readFile(place.fleetFile),
    rendered: renderStacks(place.config),
    images,
    kinds,
    services: options.service,
    refresh: options.refresh ?? false,
    current: await currentRevisions(follow, kinds),
    author: author(),
    nowMs: Date.now(),
  });
  if (options.uploadOnly) return tellUploaded(print, options, made, { commit: commit.id, subject: commit.subject });
  const results: RollOutResult[] = [];
  for (const kind of kinds) {
    const staged = made[kind];
    if (staged === undefined || results.some(({ status }) => status === "failed")) continue;
    if (kind === "workers")
      await runBeforeRelease(jobDeps(follow, place), {
        config: place.config,
        revision: staged.revision,
        author: author(),
        evenIfLost: options.rerunJobs ?? false,
      });
    results.push(await rollOut(follow, { kind, revision: staged.revision, author: author() }));
  }
  tellOutcome(print, options, results, { commit: commit.id, subject: commit.subject });
}

async function currentRevisions(follow: Pick<FollowDeps, "deployments">, kinds: readonly MachineKind[]) {
  const current: Partial<Record<MachineKind, string>> = {};
  for (const kind of kinds) {
    const revision = await currentRevision(follow, kind);
    if (revision !== undefined) current[kind] = revision;
  }
  return current;
}
