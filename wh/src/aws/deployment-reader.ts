import {
  BatchGetDeploymentsCommand,
  type CodeDeployClient,
  type DeploymentInfo,
  ListDeploymentsCommand,
} from "@aws-sdk/client-codedeploy";
import type { Clock } from "../runtime/clock.ts";
import { askAgainAfter } from "./ask-again.ts";
import { classifyAwsError, describeAwsError } from "./aws-errors.ts";
import { type BusyReading, inDoubt } from "./busy-reading.ts";

/** A deployment takes minutes, and a wake must not make a call each. */
const ASK_AGAIN_MS = 5_000;
/** BatchGetDeployments takes no more. */
const BATCH = 25;
/** Each new instance has a deployment of its own, so a group that grew at once has many; more pages than this nobody waits for. */
const PAGES = 10;
/** A new instance gets the group's revision by a deployment of its own, which no other worker is part of. */
const OF_A_NEW_INSTANCE = "autoscaling";

/**
 * Says what deploys to the workers, in words. Never throws: in doubt there is a deployment.
 * Bringing the revision to a new instance does not count: it touches no other worker.
 */
export function createDeploymentReader(deps: {
  readonly client: Pick<CodeDeployClient, "send">;
  readonly clock: Clock;
  readonly application: string;
  readonly group: string;
}): () => Promise<BusyReading> {
  const { client, clock, application, group } = deps;
  /** Undefined when there are more than anybody would wait for. */
  const activeDeployments = async (): Promise<readonly string[] | undefined> => {
    const ids: string[] = [];
    let nextToken: string | undefined;
    for (let page = 0; page < PAGES; page++) {
      const answer = await client.send(
        new ListDeploymentsCommand({
          applicationName: application,
          deploymentGroupName: group,
          includeOnlyStatuses: ["Created", "Queued", "InProgress"],
          ...(nextToken && { nextToken }),
        }),
      );
      ids.push(...(answer.deployments ?? []));
      nextToken = answer.nextToken;
      if (!nextToken) return ids;
    }
    return undefined;
  };
  const firstThatCounts = async (ids: readonly string[]): Promise<DeploymentInfo | undefined> => {
    for (let start = 0; start < ids.length; start += BATCH) {
      const { deploymentsInfo = [] } = await client.send(
        new BatchGetDeploymentsCommand({ deploymentIds: ids.slice(start, start + BATCH) }),
      );
      const running = deploymentsInfo.find(({ creator }) => creator !== OF_A_NEW_INSTANCE);
      if (running) return running;
    }
    return undefined;
  };
  return askAgainAfter(ASK_AGAIN_MS, clock, async () => {
    try {
      const ids = await activeDeployments();
      if (ids === undefined) return inDoubt("a deployment", `more than ${PAGES} pages are active`);
      const running = await firstThatCounts(ids);
      if (running === undefined) return {};
      const { deploymentId = "", description } = running;
      return { busyWith: `the deployment ${deploymentId}${description ? ` (${description})` : ""}` };
    } catch (error) {
      // A fleet without releases has no deployments.
      if (classifyAwsError(error) === "absent") return {};
      return inDoubt("a deployment", describeAwsError(error));
    }
  });
}
