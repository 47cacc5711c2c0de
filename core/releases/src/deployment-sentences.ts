import type { Deployment } from "./deployments.ts";
import { shortCommit } from "./revision.ts";

/** CodeDeploy's limit of a description. */
const DESCRIPTION_LIMIT = 100;

/** What a deployment says about itself: revision and author. */
export function describeRelease(revision: string, author: string): string {
  return `${revision} by ${author}`.slice(0, DESCRIPTION_LIMIT);
}

/** What a deployment that goes back says about itself. */
export function describeRollback(revision: string, author: string, from: string | undefined): string {
  const origin = from === undefined ? "" : ` from ${shortCommit(from)}`;
  return `${revision} by ${author}, back${origin}`.slice(0, DESCRIPTION_LIMIT);
}

/** Deployments that AWS begins by itself, for a new machine or one that was born at an older revision. */
export function isAutomatic({ creator }: Deployment): boolean {
  return creator === "autoscaling" || creator === "CodeDeployAutoUpdate";
}

/** Who begins deployments besides people. */
const CREATORS: Readonly<Record<string, string>> = {
  autoscaling: "AWS, for a new machine",
  CodeDeployAutoUpdate: "AWS, for a machine that began with an older one",
  codeDeployRollback: "AWS, back from one that failed",
};

/**
 * Which revision a deployment brings, and by whom. The description counts only where it names that revision: AWS's rollback brings the one
 * before, with the description of the one that failed.
 */
export function whatRuns({
  revision,
  description,
  creator,
}: Pick<Deployment, "description" | "creator"> & { readonly revision: string | undefined }): string {
  const by = CREATORS[creator];
  if (revision === undefined) return description || `another revision by ${by ?? creator}`;
  if (by === undefined && description.startsWith(revision)) return description;
  return `${revision} by ${by ?? creator}`;
}
