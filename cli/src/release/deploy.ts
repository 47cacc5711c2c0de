import { InterruptedError } from "@compose-fleet/process";
import {
  DeploymentActiveError,
  type DeploymentOrder,
  locationOf,
  type NextStep,
  nextStep,
} from "@compose-fleet/releases";
import { endAll, everyLook, untilIdle } from "./active-deployments.ts";
import type { ErrorWatch } from "./error-watch.ts";
import { type FollowDeps, followDeployment, goneText } from "./follow-deployment.ts";
import { untilNewcomersHaveIt } from "./newcomers.ts";

/** Machines may be lost again and again; this often one revision is deployed. */
const MAX_DEPLOYMENTS = 6;

/** What is to run on which machines. */
export interface Wanted extends Pick<DeploymentOrder, "kind" | "description" | "askNoAlarm"> {
  readonly revision: string;
}

/** How deploying ended. */
export type End = Extract<NextStep, { kind: "done" | "failed" | "given-up" }>;

/** Why it did not end well, for people. */
export function causeOf(end: Exclude<End, { kind: "done" }>): string {
  return end.kind === "failed" ? end.cause : goneText(end.gone);
}

/** Deploys, again for the rest whenever a machine is lost, and to machines that were born meanwhile. `ids` gets each deployment, in order. Throws `CliError`, and AWS's errors. */
export async function deploy(deps: FollowDeps, what: Wanted, ids: string[], errors?: ErrorWatch): Promise<End> {
  for (let begun = 1; ; begun += 1) {
    const id = await begin(deps, what);
    ids.push(id);
    const ended = await followDeployment(deps, what.kind, id, errors);
    const step = nextStep(ended, begun, MAX_DEPLOYMENTS);
    if (step.kind === "failed") return step;
    if (step.kind === "again" || step.kind === "given-up") {
      await endAll(deps, what.kind);
      if (step.kind === "given-up") return step;
      deps.progress.note(`${goneText(step.gone)}: the rest gets the revision by a deployment of its own.`);
      continue;
    }
    if (step.kind === "wait") throw new Error("unreachable: what was followed has ended");
    const missed = await untilNewcomersHaveIt(deps, what, id, step.newcomers);
    if (missed.length === 0 || begun === MAX_DEPLOYMENTS) return step;
    deps.progress.note(
      `${missed.join(", ")} came during the deployment and ${missed.length === 1 ? "gets" : "get"} one more.`,
    );
  }
}

async function begin(deps: FollowDeps, { revision, ...what }: Wanted): Promise<string> {
  for (;;) {
    await untilIdle(deps, what.kind);
    try {
      return await deps.deployments.create({ ...what, location: locationOf(deps.bucket, what.kind, revision) });
    } catch (error) {
      // Somebody was quicker; or AWS itself, for a new machine.
      if (!(error instanceof DeploymentActiveError)) throw error;
      if (deps.stop.aborted) throw new InterruptedError();
      await deps.clock.sleep(everyLook(deps).everyMs);
    }
  }
}
