import {
  DeploymentActiveError,
  isActiveDeployment,
  type Look,
  lookAt,
  nextStep,
  UnknownDeploymentError,
} from "@compose-fleet/releases";
import type { PullRecord } from "./ports.ts";
import { revisionOf } from "./pull-view.ts";
import type { PullerDeps } from "./puller-deps.ts";

/** Workers that disappear one after another must not make it go on for ever. */
const ATTEMPTS = 5;

const NOT_AGAIN = "Pull mode does not try this commit again: run npx fleet release for it, or push another";

type Follow = (record: PullRecord, keep: (next: PullRecord, fence: number) => Promise<void>) => Promise<void>;

/** Takes the next step of the roll-out under way, and notes how it ended; goes back where CodeDeploy does not. */
export function createFollower(deps: Pick<PullerDeps, "source" | "ports" | "clock" | "leader" | "fleet">): Follow {
  const { source, clock, leader, fleet } = deps;
  const { deployments } = deps.ports;

  return async (record, keep) => {
    const look = await lookAt(deployments, record.deployment, async () => fleet.members()).catch(noneIfUnknown);
    const step = look && nextStep(look, record.attempts, ATTEMPTS);
    if (step?.kind === "wait") return;
    const revision = revisionOf(record.key);
    const leave = await leader.askLeave(`${look?.verdict.kind ?? "failed"}: ${revision}`);
    if ("refused" in leave) return;
    const atMs = clock.nowMs();
    const begin = async (key: string, description: string): Promise<string | undefined> => {
      try {
        return await deployments.create({ kind: "workers", location: { bucket: record.bucket, key }, description });
      } catch (error) {
        // The one that was stopped has not ended yet: tried again with the next look.
        if (error instanceof DeploymentActiveError) return undefined;
        throw error;
      }
    };
    const fail = async (cause: string, goesBack: boolean): Promise<void> => {
      const { previousKey } = record;
      const description = `${previousKey && revisionOf(previousKey)} by pull, back from ${revision}`;
      if (goesBack && previousKey !== undefined && (await begin(previousKey, description)) === undefined) return;
      fleet.say(`the release of ${revision} failed: ${cause}`, "trouble");
      await keep({ ...record, state: "failed", cause, atMs }, leave.fence);
    };

    if (step === undefined) return fail(`CodeDeploy knows no deployment ${record.deployment}`, false);
    if (step.kind === "done") {
      fleet.say(`${revision} runs on all workers`);
      return keep({ ...record, state: "deployed", atMs }, leave.fence);
    }
    if (step.kind === "failed")
      // What an alarm stopped, an alarm would stop again: the commit may be good, and people are told how to go on.
      return step.back === "alarm" ? fail(`${step.cause}. ${NOT_AGAIN}`, false) : fail(step.cause, step.back === "us");
    if (isActiveDeployment(look?.deployment.status)) await deployments.stop(record.deployment);
    const gone = step.gone.join(", ");
    if (step.kind === "given-up")
      return fail(`workers disappeared in ${ATTEMPTS} deployments of it, the last time ${gone}`, step.back === "us");
    const deployment = await begin(record.key, `${revision} by pull of ${source.branch}, after ${gone} was gone`);
    if (deployment === undefined) return;
    return keep({ ...record, deployment, attempts: record.attempts + 1, atMs }, leave.fence);
  };
}

function noneIfUnknown(error: unknown): Look | undefined {
  if (error instanceof UnknownDeploymentError) return undefined;
  throw error;
}
