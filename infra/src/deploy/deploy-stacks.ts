import { type RunStackDeps, runStack, type StackOutcome } from "./run-stack.ts";
import type { StackRun } from "./stack-runs.ts";
import type { Replaceable } from "./synthesized.ts";

/** What was done, in order; nothing runs after a stack that somebody declined. */
export async function deployStacks(
  deps: RunStackDeps,
  runs: readonly StackRun[],
  replace: readonly Replaceable[],
): Promise<readonly StackOutcome[]> {
  const outcomes: StackOutcome[] = [];
  for (const run of runs) {
    const outcome = await runStack(deps, run, replace);
    outcomes.push(outcome);
    if (outcome.status === "declined") break;
  }
  return outcomes;
}
