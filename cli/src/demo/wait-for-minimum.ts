import type { Progress } from "@compose-fleet/process";
import { CliError, InterruptedError, messageOf } from "@compose-fleet/process";
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
  const startedAtMs = deps.nowMs();
  let seen = "nothing yet";
  for (;;) {
    if (deps.stop.aborted) {
      step.fail("interrupted");
      throw new InterruptedError();
    }
    try {
      const fleet = await deps.wh.status();
      seen = `${fleet.workers.ready} of ${fleet.workers.min} workers serve, replicas: ${fleet.replicas.map((entry) => `${entry.service} ${entry.ready}`).join(", ") || "none"}`;
      if (isAtMinimum(fleet, minReplicas)) {
        step.done(seen);
        return;
      }
    } catch (error) {
      seen = messageOf(error);
    }
    step.update(seen);
    if (deps.nowMs() - startedAtMs > limitMs) {
      step.fail(seen);
      throw new CliError(`The fleet did not come up at its minimum within ${limitMs / 1000} s: ${seen}`);
    }
    await deps.sleep(pollMs);
  }
}
