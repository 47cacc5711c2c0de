import { type AutoScalingClient, DescribeInstanceRefreshesCommand } from "@aws-sdk/client-auto-scaling";
import type { Clock } from "../clock.ts";
import { askAgainAfter } from "./ask-again.ts";
import { describeAwsError } from "./aws-errors.ts";

/** A refresh takes many minutes, so it need not be asked for with each tick. */
const ASK_AGAIN_MS = 15_000;
/** The newest ones; only one runs at a time. */
const REFRESHES = 5;
const ENDED = new Set(["Successful", "Failed", "Cancelled", "RollbackFailed", "RollbackSuccessful"]);

/** Says what refreshes the group, in words; undefined when nothing does. Never throws: in doubt there is one. */
export function createRefreshReader(deps: {
  readonly client: Pick<AutoScalingClient, "send">;
  readonly clock: Clock;
  readonly groupName: string;
}): () => Promise<string | undefined> {
  return askAgainAfter(ASK_AGAIN_MS, deps.clock, async () => {
    try {
      const { InstanceRefreshes = [] } = await deps.client.send(
        new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: deps.groupName, MaxRecords: REFRESHES }),
      );
      const running = InstanceRefreshes.find(({ Status }) => !ENDED.has(Status ?? ""));
      return running && `the instance refresh ${running.InstanceRefreshId ?? ""}`.trim();
    } catch (error) {
      return `perhaps an instance refresh (${describeAwsError(error)})`;
    }
  });
}
