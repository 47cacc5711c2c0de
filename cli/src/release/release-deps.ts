import { randomUUID } from "node:crypto";
import { architectureOf, fleetNames, offlineServices } from "@compose-fleet/fleet";
import { systemClock } from "@compose-fleet/process";
import { createCodeDeployDeployments } from "@compose-fleet/release-aws/deployments";
import { createDynamoJobAsks } from "@compose-fleet/release-aws/job-runs";
import { createS3Revisions } from "@compose-fleet/release-aws/revisions";
import { stackFolders } from "@compose-fleet/releases";
import { checkWorkerStack, stackImages } from "../compose/check-stack.ts";
import type { CliContext } from "../run/context.ts";
import type { BeforeReleaseDeps } from "./before-release.ts";
import { createEcrRegistry } from "./ecr-registry.ts";
import type { FollowDeps } from "./follow-deployment.ts";
import { createGitSource } from "./git-source.ts";
import { createGroupMembers } from "./group-members.ts";
import { createImageMaker } from "./image-maker.ts";
import type { MakeDeps } from "./make-revisions.ts";
import type { ReleasePlace } from "./place.ts";

/** What deploying to a place needs. */
export function followDeps(
  context: Pick<CliContext, "terminal" | "stop">,
  { config, clients, bucket, errorShares }: Pick<ReleasePlace, "config" | "clients" | "bucket" | "errorShares">,
): FollowDeps {
  const { releaseApplication, group } = fleetNames(config);
  return {
    deployments: createCodeDeployDeployments({ client: clients.codeDeploy, application: releaseApplication }),
    bucket,
    members: createGroupMembers(clients.autoScaling, group),
    errorShares,
    clock: systemClock,
    progress: context.terminal.progress,
    // Only who waits for a deployment takes it.
    get stop() {
      return context.stop;
    },
  };
}

/** What making revisions for a place needs. */
export function makeDeps(
  { root, machine, terminal }: Pick<CliContext, "root" | "machine" | "terminal">,
  { config, clients, bucket, local }: Pick<ReleasePlace, "config" | "clients" | "bucket" | "local">,
): MakeDeps {
  const { runner } = machine;
  const [type = ""] = config.workers.instanceTypes;
  const platform = `linux/${architectureOf(type) === "arm64" ? "arm64" : "amd64"}`;
  return {
    source: createGitSource({ runner, root }),
    maker: createImageMaker({ runner, root, platform, ...(local === undefined ? {} : { local }) }),
    registry: createEcrRegistry(clients.ecr),
    store: createS3Revisions(clients.s3, bucket),
    checkCompose: async (kind, files) => {
      if (kind === "workers")
        for (const note of await checkWorkerStack(runner, files, Object.keys(config.services), offlineServices(config)))
          terminal.progress.note(`Note:${note.slice(1)}`);
      return stackImages(runner, stackFolders[kind], files);
    },
    standIns: local?.standIns ?? {},
    sleep: systemClock.sleep,
    progress: terminal.progress,
  };
}

/** What the jobs before a release need. */
export function jobDeps(
  follow: Pick<FollowDeps, "bucket" | "clock" | "progress" | "stop">,
  { config, clients }: Pick<ReleasePlace, "config" | "clients">,
): BeforeReleaseDeps {
  return {
    asks: createDynamoJobAsks(clients.documents, fleetNames(config).table),
    bucket: follow.bucket,
    clock: follow.clock,
    progress: follow.progress,
    stop: follow.stop,
    newId: randomUUID,
  };
}
