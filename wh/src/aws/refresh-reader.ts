import { type AutoScalingClient, DescribeInstanceRefreshesCommand } from "@aws-sdk/client-auto-scaling";
import type { Clock } from "../runtime/clock.ts";
import { askAgainAfter } from "./ask-again.ts";
import { describeAwsError } from "./aws-errors.ts";
import { type BusyReading, inDoubt } from "./busy-reading.ts";

/** A refresh takes many minutes, so it need not be asked for with each tick. */
const ASK_AGAIN_MS = 15_000;
/** The newest ones; only one runs at a time. */
const REFRESHES = 5;
const ENDED = new Set(["Successful", "Failed", "Cancelled", "RollbackFailed", "RollbackSuccessful"]);

/** Says what refreshes the group, in words. Never throws: in doubt there is one. */
export function createRefreshReader(deps: {
  readonly client: Pick<AutoScalingClient, "send">;
  readonly clock: Clock;
  readonly groupName: string;
}): () => Promise<BusyReading> {
  return askAgainAfter(ASK_AGAIN_MS, deps.clock, async () => {
    try {
      const { InstanceRefreshes = [] } = await deps.client.send(
        new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: deps.groupName, MaxRecords: REFRESHES }),
      );
      const running = InstanceRefreshes.find(({ Status }) => !ENDED.has(Status ?? ""));
      return running ? { busyWith: `the instance refresh ${running.InstanceRefreshId ?? ""}`.trim() } : {};
    } catch (error) {
      return inDoubt("an instance refresh", describeAwsError(error));
    }
  });
}
