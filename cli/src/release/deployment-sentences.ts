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

/** Whose deployment it is, since when. */
export function whose({ id, description, creator, createdAtMs, revision }: Deployment): string {
  const what = description || `${revision ?? "another revision"} by ${creator}`;
  return `${what} (${id}, since ${new Date(createdAtMs).toISOString()})`;
}

/** Why a release does not begin. */
export function refusal(active: Deployment | undefined): string {
  const running = active === undefined ? "Another deployment is running" : `A deployment is running: ${whose(active)}`;
  return `${running}. Nothing was changed. Wait for its end: fleet release status shows it.`;
}
