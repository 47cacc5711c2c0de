import type { StageOutcome, TestOutcome } from "./outcome.ts";
import type { Stage } from "./stages.ts";

/** What running stages needs of the world. */
export interface StageDeps {
  /** Runs a stage to its end, its output going to the person. Resolves with its exit code, 1 where it could not be started or was killed. */
  readonly run: (stage: Stage) => Promise<number>;
  /** What the stage's tests left; undefined where there is none. */
  readonly readOutcome: (stage: Stage) => TestOutcome | undefined;
  readonly say: (line: string) => void;
  readonly nowMs: () => number;
  /** Whether a person has asked to stop. */
  readonly isInterrupted: () => boolean;
}

/** Runs every stage, one after the other, also after one failed. Ends early only where a person interrupts. */
export async function runStages(stages: readonly Stage[], deps: StageDeps): Promise<readonly StageOutcome[]> {
  const outcomes: StageOutcome[] = [];
  for (const stage of stages) {
    const { title } = stage;
    deps.say(`\n== ${title}`);
    const startedAtMs = deps.nowMs();
    const code = await deps.run(stage);
    if (deps.isInterrupted()) break;
    const seconds = Math.round((deps.nowMs() - startedAtMs) / 1000);
    const tests = stage.hasTests ? deps.readOutcome(stage) : undefined;
    // Tests that leave nothing behind have not passed, whatever they ended with.
    const ok = code === 0 && (!stage.hasTests || tests !== undefined);
    outcomes.push({ title, ok, seconds, ...(tests === undefined ? {} : { tests }) });
    deps.say(`-- ${title}: ${ok ? "ok" : "FAILED"} (${seconds} s)`);
  }
  return outcomes;
}
