import {
  type DeploymentVerdict,
  isActiveDeployment,
  isStoppedByItself,
  judgeDeployment,
} from "@compose-fleet/releases";
import { DeployerBusyError, type PullRecord } from "./ports.ts";
import { revisionOf } from "./pull-view.ts";
import type { PullerDeps } from "./puller-deps.ts";

/** Workers that disappear one after another must not make it go on for ever. */
const ATTEMPTS = 5;

const NOT_AGAIN = "Pull mode does not try this commit again: run npx fleet release for it, or push another";

type Follow = (record: PullRecord, keep: (next: PullRecord, fence: number) => Promise<void>) => Promise<void>;

/** Judges the deployment under way and notes how it ended; deploys to the rest when a worker is gone, and goes back where CodeDeploy does not. */
export function createFollower(deps: Pick<PullerDeps, "source" | "ports" | "clock" | "leader" | "fleet">): Follow {
  const { source, clock, leader, fleet } = deps;
  const { deployer } = deps.ports;

  return async (record, keep) => {
    const facts = await deployer.read(record.deployment);
    const verdict: DeploymentVerdict = facts
      ? judgeDeployment({ ...facts, members: fleet.members() })
      : { kind: "failed", cause: `CodeDeploy knows no deployment ${record.deployment}`, failed: [] };
    if (verdict.kind === "running") return;
    const revision = revisionOf(record.key);
    const leave = await leader.askLeave(`${verdict.kind}: ${revision}`);
    if ("refused" in leave) return;
    const atMs = clock.nowMs();
    const begin = async (key: string, description: string): Promise<string | undefined> => {
      try {
        return await deployer.begin({ bucket: record.bucket, key, description });
      } catch (error) {
        // The one that was stopped has not ended yet: tried again with the next look.
        if (error instanceof DeployerBusyError) return undefined;
        throw error;
      }
    };
    const status = facts?.deployment.status;
    const fail = async (cause: string, goesBack: boolean): Promise<void> => {
      const { previousKey } = record;
      const description = `${previousKey && revisionOf(previousKey)} by pull, back from ${revision}`;
      if (goesBack && previousKey !== undefined && (await begin(previousKey, description)) === undefined) return;
      fleet.say(`the release of ${revision} failed: ${cause}`, "trouble");
      await keep({ ...record, state: "failed", cause, atMs }, leave.fence);
    };

    if (verdict.kind === "succeeded") {
      fleet.say(`${revision} runs on all workers`);
      return keep({ ...record, state: "deployed", atMs }, leave.fence);
    }
    // What an alarm stopped, an alarm would stop again: the commit may be good, and people are told how to go on.
    if (verdict.kind === "failed" && facts && isStoppedByItself(facts.deployment))
      return fail(`${verdict.cause}. ${NOT_AGAIN}`, false);
    // CodeDeploy goes back by itself from what it calls failed; from what only we call so, it does not. What people have stopped is theirs.
    if (verdict.kind === "failed") return fail(verdict.cause, status === "Succeeded");
    if (isActiveDeployment(status)) await deployer.stop(record.deployment);
    if (record.attempts >= ATTEMPTS)
      return fail(
        `workers disappeared in ${ATTEMPTS} deployments of it, the last time ${verdict.instances.join(", ")}`,
        status !== "Failed",
      );
    const deployment = await begin(
      record.key,
      `${revision} by pull of ${source.branch}, after ${verdict.instances.join(", ")} was gone`,
    );
    if (deployment === undefined) return;
    return keep({ ...record, deployment, attempts: record.attempts + 1, atMs }, leave.fence);
  };
}
