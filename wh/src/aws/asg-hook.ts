import {
  type AutoScalingClient,
  CompleteLifecycleActionCommand,
  RecordLifecycleActionHeartbeatCommand,
} from "@aws-sdk/client-auto-scaling";
import { applied, failed, type Outcome, skipped } from "../act/outcome.ts";
import type { TerminationHook } from "../act/ports.ts";
import { classifyAwsError, describeAwsError, isRetryable } from "./aws-errors.ts";

/** The terminating hook of the fleet's Auto Scaling group. */
export function createAsgHook(
  client: Pick<AutoScalingClient, "send">,
  names: { readonly group: string; readonly hook: string },
): TerminationHook {
  const identity = { AutoScalingGroupName: names.group, LifecycleHookName: names.hook };
  const answer = async (worker: string, send: () => Promise<unknown>): Promise<Outcome> => {
    try {
      await send();
      return applied;
    } catch (error) {
      const isOver =
        classifyAwsError(error) === "invalid" && /no active lifecycle action/i.test(describeAwsError(error));
      return isOver
        ? skipped(`the group does not wait for ${worker} any more`)
        : failed(describeAwsError(error), isRetryable(error));
    }
  };
  return {
    complete: (worker) =>
      answer(worker, () =>
        client.send(
          new CompleteLifecycleActionCommand({ ...identity, InstanceId: worker, LifecycleActionResult: "CONTINUE" }),
        ),
      ),
    heartbeat: (worker) =>
      answer(worker, () => client.send(new RecordLifecycleActionHeartbeatCommand({ ...identity, InstanceId: worker }))),
  };
}
