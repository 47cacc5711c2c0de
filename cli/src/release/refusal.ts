import { type Deployment, whatRuns } from "@compose-fleet/releases";

/** Whose deployment it is, since when. */
export function whose(deployment: Deployment): string {
  const { id, createdAtMs } = deployment;
  return `${whatRuns(deployment)} (${id}, since ${new Date(createdAtMs).toISOString()})`;
}

/** Why a release does not begin. */
export function refusal(active: Deployment | undefined): string {
  const running = active === undefined ? "Another deployment is running" : `A deployment is running: ${whose(active)}`;
  return `${running}. Nothing was changed. Wait for its end: fleet release status shows it.`;
}
