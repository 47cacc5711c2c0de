import type { MachineKind } from "@compose-fleet/fleet";
import { CliError, type PollOptions, pollUntil } from "@compose-fleet/process";
import { type Deployment, isAutomatic } from "@compose-fleet/releases";
import type { FollowDeps } from "./follow-deployment.ts";
import { refusal, whose } from "./refusal.ts";

const POLL_MS = 2_000;
/** How long a deployment that was told to stop, or one of AWS's own for a new machine, may take. */
const IDLE_LIMIT_MS = 20 * 60_000;

/** How CodeDeploy is asked again and again. */
export function everyLook({ clock, stop }: Pick<FollowDeps, "clock" | "stop">, limitMs = IDLE_LIMIT_MS): PollOptions {
  return { clock, stop, everyMs: POLL_MS, limitMs };
}

/** Throws `CliError` that says whose deployment is running; returns when none is. Those that AWS began for new machines are waited for. */
export async function untilIdle(deps: FollowDeps, kind: MachineKind): Promise<void> {
  let automatic: Deployment | undefined;
  const isIdle = await pollUntil(async () => {
    const active = await deps.deployments.active(kind);
    const others = active.find((deployment) => !isAutomatic(deployment));
    if (others !== undefined) throw new CliError(refusal(others));
    const [first] = active;
    if (first === undefined) return true;
    if (automatic === undefined)
      deps.progress.note(`Waiting for AWS's own deployment to a new machine: ${whose(first)}`);
    automatic = first;
    return undefined;
  }, everyLook(deps));
  if (isIdle === undefined) throw new CliError(refusal(automatic));
}

/** Ends all that run, or those of these ids, and waits until they have ended. Throws `CliError` where they do not. */
export async function endAll(
  deps: FollowDeps,
  kind: MachineKind,
  only?: readonly (string | undefined)[],
): Promise<void> {
  let left: readonly Deployment[] = [];
  const isOver = await pollUntil(async () => {
    left = (await deps.deployments.active(kind)).filter(
      (deployment) => !isAutomatic(deployment) && (only?.includes(deployment.id) ?? true),
    );
    // Among them may be the rollback that CodeDeploy began because a machine was lost.
    for (const { id } of left) await deps.deployments.stop(id);
    return left.length === 0 ? true : undefined;
  }, everyLook(deps));
  if (isOver === undefined) throw new CliError(refusal(left[0]));
}
