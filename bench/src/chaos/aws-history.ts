import { type Activity, AutoScalingClient, DescribeScalingActivitiesCommand } from "@aws-sdk/client-auto-scaling";
import { GetCommandInvocationCommand, ListCommandInvocationsCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import type { Change } from "./changes.ts";
import { changeOfActivity, changeOfCommand } from "./changes.ts";

/** What AWS itself says was done to the fleet. */
export interface AwsHistory {
  /** The changes that took effect since then (epoch milliseconds), oldest first. */
  changesSince(atMs: number): Promise<readonly Change[]>;
  close(): void;
}

/** Reads the history of one local fleet over AWS's own protocols. */
export function createAwsHistory({
  endpoints,
  aws,
  group,
}: Pick<LocalFleetStatus, "endpoints" | "aws" | "group">): AwsHistory {
  const { region, accessKeyId, secretAccessKey } = aws;
  const options = { region, endpoint: endpoints.aws, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 8 };
  const autoscaling = new AutoScalingClient(options);
  const ssm = new SSMClient(options);

  async function activities(): Promise<readonly Activity[]> {
    const { Activities } = await autoscaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group.name, MaxRecords: 100 }),
    );
    return Activities ?? [];
  }

  async function commandsSince(atMs: number): Promise<Change[]> {
    const changes: Change[] = [];
    let next: string | undefined;
    do {
      const page = await ssm.send(new ListCommandInvocationsCommand({ MaxResults: 50, NextToken: next }));
      next = page.NextToken;
      for (const { CommandId, InstanceId, RequestedDateTime } of page.CommandInvocations ?? []) {
        const requestedAtMs = RequestedDateTime?.getTime() ?? 0;
        if (requestedAtMs < atMs) return changes;
        const { StandardOutputContent } = await ssm.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));
        changes.push(...changeOfCommand(requestedAtMs, InstanceId ?? "", StandardOutputContent ?? ""));
      }
    } while (next !== undefined);
    return changes;
  }

  return {
    changesSince: async (atMs) => {
      const ofGroup = (await activities()).flatMap((activity) =>
        changeOfActivity(activity.StartTime?.getTime() ?? 0, activity.Cause ?? ""),
      );
      // One call may start several activities, all with the same cause.
      const causes = new Map(ofGroup.filter((change) => change.atMs >= atMs).map((change) => [change.id, change]));
      return [...causes.values(), ...(await commandsSince(atMs))].sort((a, b) => a.atMs - b.atMs);
    },
    close: () => {
      autoscaling.destroy();
      ssm.destroy();
    },
  };
}
