import {
  type AutoScalingClient,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { applied, failed, type Outcome, skipped } from "../act/outcome.ts";
import type { WorkerGroupActions } from "../act/ports.ts";
import { classifyAwsError, describeAwsError, isRetryable } from "./aws-errors.ts";

/** Acts on the fleet's Auto Scaling group. The bounds were checked before; cooldowns are the policy's, not the group's. */
export function createAsgActions(client: Pick<AutoScalingClient, "send">, groupName: string): WorkerGroupActions {
  const end = async (worker: string, decrement: boolean): Promise<Outcome> => {
    try {
      await client.send(
        new TerminateInstanceInAutoScalingGroupCommand({
          InstanceId: worker,
          ShouldDecrementDesiredCapacity: decrement,
        }),
      );
      return applied;
    } catch (error) {
      const isGone =
        classifyAwsError(error) === "invalid" && /not found|no managed instance/i.test(describeAwsError(error));
      return isGone ? skipped(`${worker} is gone already`) : failure(error);
    }
  };
  return {
    setDesired: async (workers) => {
      try {
        await client.send(
          new SetDesiredCapacityCommand({
            AutoScalingGroupName: groupName,
            DesiredCapacity: workers,
            HonorCooldown: false,
          }),
        );
        return applied;
      } catch (error) {
        return failure(error);
      }
    },
    terminate: (worker) => end(worker, true),
    replace: (worker) => end(worker, false),
  };
}

function failure(error: unknown): Outcome {
  return failed(describeAwsError(error), isRetryable(error));
}
