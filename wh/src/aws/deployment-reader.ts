import { BatchGetDeploymentsCommand, type CodeDeployClient, ListDeploymentsCommand } from "@aws-sdk/client-codedeploy";
import type { Clock } from "../clock.ts";
import { askAgainAfter } from "./ask-again.ts";
import { classifyAwsError, describeAwsError } from "./aws-errors.ts";
import { type BusyReading, inDoubt } from "./busy-reading.ts";

/** A deployment takes minutes, and a wake must not make a call each. */
const ASK_AGAIN_MS = 5_000;
/** BatchGetDeployments takes no more; only one deployment of a group runs at a time, besides those of new instances. */
const DEPLOYMENTS = 25;
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
  return askAgainAfter(ASK_AGAIN_MS, clock, async () => {
    try {
      const { deployments = [] } = await client.send(
        new ListDeploymentsCommand({
          applicationName: application,
          deploymentGroupName: group,
          includeOnlyStatuses: ["Created", "Queued", "InProgress"],
        }),
      );
      if (deployments.length === 0) return {};
      const { deploymentsInfo = [] } = await client.send(
        new BatchGetDeploymentsCommand({ deploymentIds: deployments.slice(0, DEPLOYMENTS) }),
      );
      const running = deploymentsInfo.find(({ creator }) => creator !== OF_A_NEW_INSTANCE);
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
