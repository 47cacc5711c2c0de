import type { MachineKind } from "@compose-fleet/fleet";
import { pollUntil } from "@compose-fleet/process";
import { everyLook } from "./active-deployments.ts";
import type { FollowDeps } from "./follow-deployment.ts";

/** How long a machine that was born during the deployment may take until AWS's own deployment to it begins. */
const NEWCOMER_GRACE_MS = 60_000;

/** Waits for AWS's own deployments to machines that were born while the deployment `id` ran; returns those that got none. */
export async function untilNewcomersHaveIt(
  deps: FollowDeps,
  { kind, revision }: { readonly kind: MachineKind; readonly revision: string },
  id: string,
  newcomers: readonly string[],
): Promise<readonly string[]> {
  if (newcomers.length === 0) return [];
  const { createdAtMs } = await deps.deployments.read(id);
  let idleSinceMs = deps.clock.nowMs();
  const missed = await pollUntil(
    async () => {
      const members = (await deps.members(kind)) ?? [];
      const done = await doneSince(deps, kind, revision, createdAtMs);
      const left = newcomers.filter((newcomer) => members.includes(newcomer) && !done.has(newcomer));
      if (left.length === 0) return [];
      if ((await deps.deployments.active(kind)).length > 0) idleSinceMs = deps.clock.nowMs();
      return deps.clock.nowMs() - idleSinceMs > NEWCOMER_GRACE_MS ? left : undefined;
    },
    everyLook(deps, Number.POSITIVE_INFINITY),
  );
  return missed ?? [];
}

/** Ids of the machines that have the revision by a deployment since then (epoch milliseconds). */
async function doneSince({ deployments }: FollowDeps, kind: MachineKind, revision: string, sinceMs: number) {
  const done = new Set<string | undefined>();
  for (const deployment of await deployments.recent(kind)) {
    if (deployment.revision !== revision || deployment.createdAtMs < sinceMs) continue;
    for (const { targetId, status } of await deployments.targets(deployment.id))
      if (status === "Succeeded") done.add(targetId);
  }
  return done;
}
