import type { Clock } from "@compose-fleet/process";
import { AwsError } from "../refusals/aws-error.ts";
import type { WorkerGroup } from "./worker-group.ts";

const POLL_MS = 20;

/**
 * What a new worker's user data does last: it answers the hook that holds the launch. Resolves when the group has the answer, or when
 * the instance is on its way out and nobody waits for one any more.
 */
export async function answerLaunchingHook(
  { workers, clock, signal }: { readonly workers: WorkerGroup; readonly clock: Clock; readonly signal: AbortSignal },
  hook: string,
  instanceId: string,
  isAbandoned: boolean,
): Promise<void> {
  const stateNow = () => workers.group().instances.find(({ id }) => id === instanceId)?.state;
  // A machine without a boot time is ready before the group has heard that it runs.
  while (stateNow() === "pending" && !signal.aborted) await clock.sleep(POLL_MS, signal).catch(() => undefined);
  if (stateNow() !== "pending-wait") return;
  try {
    workers.completeAction({ hook, instanceId, result: isAbandoned ? "ABANDON" : "CONTINUE" });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
}
