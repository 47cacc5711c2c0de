import type { Progress } from "@compose-fleet/process";
import { CliError, InterruptedError, messageOf, pollUntil } from "@compose-fleet/process";
import type { WhClient } from "../wh-client/wh-client.ts";
import { isAtMinimum } from "./watch-run.ts";

export interface WaitDeps {
  readonly wh: Pick<WhClient, "status">;
  readonly progress: Progress;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly stop: AbortSignal;
}

const limitMs = 120_000;
const pollMs = 500;

/** Waits until the scaler sees the fleet at its minimum, serving. Throws `CliError` after two minutes with what it saw last. */
export async function waitForMinimum(deps: WaitDeps, minReplicas: Readonly<Record<string, number>>): Promise<void> {
  const step = deps.progress.step("The fleet at its minimum");
  let seen = "nothing yet";
  const look = async (): Promise<true | undefined> => {
    let isThere = false;
    try {
      const fleet = await deps.wh.status();
      seen = `${fleet.workers.ready} of ${fleet.workers.min} workers serve, replicas: ${fleet.replicas.map((entry) => `${entry.service} ${entry.ready}`).join(", ") || "none"}`;
      isThere = isAtMinimum(fleet, minReplicas);
    } catch (error) {
      seen = messageOf(error);
    }
    if (isThere) return true;
    step.update(seen);
    return undefined;
  };
  try {
    if (!(await pollUntil(look, { clock: deps, everyMs: pollMs, limitMs, stop: deps.stop })))
      throw new CliError(`The fleet did not come up at its minimum within ${limitMs / 1000} s: ${seen}`);
    step.done(seen);
  } catch (error) {
    step.fail(error instanceof InterruptedError ? "interrupted" : seen);
    throw error;
  }
}
