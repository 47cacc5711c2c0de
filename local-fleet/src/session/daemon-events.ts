import type { Progress, ProgressStep } from "@compose-fleet/process";
import type { FleetEvent } from "../control/events.ts";

/** Shows what the daemon reports as progress. */
export function createEventProgress(progress: Progress): (event: FleetEvent) => void {
  const steps = new Map<string, ProgressStep>();
  let lastProblem = "";
  return (event) => {
    // A problem that lasts is reported again and again: once is enough to read.
    if (event.type === "problem" && event.message !== lastProblem) {
      lastProblem = event.message;
      progress.note(`Problem: ${event.message}`);
    }
    if (event.type !== "step") return;
    if (event.state === "started") steps.set(event.step, progress.step(event.step));
    else if (event.state === "done") steps.get(event.step)?.done("done");
    else steps.get(event.step)?.fail("failed");
    if (event.state !== "started") steps.delete(event.step);
  };
}
