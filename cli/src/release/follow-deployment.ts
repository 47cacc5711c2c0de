import type { MachineKind } from "@compose-fleet/fleet";
import type { Clock, Progress } from "@compose-fleet/process";
import { InterruptedError } from "@compose-fleet/process";
import {
  type Deployments,
  type DeploymentTarget,
  type DeploymentVerdict,
  type Look,
  lookAt,
} from "@compose-fleet/releases";

import type { ReadErrorShares } from "./error-shares.ts";
import type { ErrorWatch } from "./error-watch.ts";
import { progressLines, progressText } from "./progress-lines.ts";

/** What following a deployment needs. */
export interface FollowDeps {
  readonly deployments: Deployments;
  /** The bucket that revisions are in. */
  readonly bucket: string;
  /** Ids of the machines that exist; undefined where they cannot be told. */
  readonly members: (kind: MachineKind) => Promise<readonly string[] | undefined>;
  /** The fleet's share of 5xx, by which a release to the workers is judged, too; unset where there is none to ask. */
  readonly errorShares?: ReadErrorShares;
  readonly clock: Clock;
  readonly progress: Progress;
  /** Ends the waiting; the deployment goes on. */
  readonly stop: AbortSignal;
}

/** A deployment's last look, judged by ourselves. */
export interface Ended {
  readonly deployment: Look["deployment"];
  readonly verdict: Exclude<DeploymentVerdict, { kind: "running" }>;
}

const POLL_MS = 2_000;
/** CodeDeploy gives up a silent machine after an hour; each machine's hooks have limits of their own. */
const LIMIT_MS = 75 * 60_000;

/**
 * Waits for a deployment's end, tells what happens on each machine, and judges it; one that `errors` finds bad is stopped. Throws
 * `InterruptedError` when told to stop.
 */
export async function followDeployment(
  deps: FollowDeps,
  kind: MachineKind,
  id: string,
  errors: ErrorWatch = async () => undefined,
): Promise<Ended> {
  const { deployments, clock, progress } = deps;
  const step = progress.step(`Deployment ${id} to ${kind}`);
  const startedAtMs = clock.nowMs();
  let before: readonly DeploymentTarget[] = [];
  const stopFor = async (deployment: Look["deployment"], cause: string): Promise<Ended> => {
    await deployments.stop(id);
    step.fail(`${cause}: stopped`);
    return { deployment, verdict: { kind: "failed", cause, failed: [] } };
  };
  try {
    for (;;) {
      const { deployment, targets, verdict } = await lookAt(deployments, id, () => deps.members(kind));
      for (const line of progressLines(before, targets)) progress.note(line);
      before = targets;
      if (verdict.kind !== "running") {
        if (verdict.kind === "succeeded") step.done(progressText(targets));
        else step.fail(verdict.kind === "failed" ? verdict.cause : goneText(verdict.instances));
        return { deployment, verdict };
      }
      step.update(progressText(targets));
      if (deps.stop.aborted) throw new InterruptedError();
      if (clock.nowMs() - startedAtMs > LIMIT_MS) {
        return await stopFor(deployment, `not done within ${LIMIT_MS / 60_000} min`);
      }
      const tooManyErrors = await errors();
      if (tooManyErrors !== undefined) return await stopFor(deployment, tooManyErrors);
      await clock.sleep(POLL_MS);
    }
  } catch (error) {
    step.fail(error instanceof InterruptedError ? "it goes on: fleet release status shows it" : "not known");
    throw error;
  }
}

/** What is said of machines that exist no more. */
export function goneText(instances: readonly string[]): string {
  return `${instances.join(", ")} ${instances.length === 1 ? "exists" : "exist"} no more`;
}
