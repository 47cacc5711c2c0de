import type { StageOutcome, TestOutcome } from "./outcome.ts";
import type { Stage } from "./stages.ts";

/** How a program ended. */
export interface Ran {
  /** Its exit code, 1 where it could not be started or was killed. */
  readonly code: number;
  /** What it has said, where that was kept. */
  readonly kept: string;
}

/** What running stages needs of the world. */
export interface StageDeps {
  /** Runs a stage to its end. What it says goes to the person at once, or is kept. Never rejects. */
  readonly run: (stage: Stage, output: "told" | "kept") => Promise<Ran>;
  /** What the stage's tests left; undefined where there is none. */
  readonly readOutcome: (stage: Stage) => TestOutcome | undefined;
  readonly say: (line: string) => void;
  readonly nowMs: () => number;
  /** Whether a person has asked to stop. */
  readonly isInterrupted: () => boolean;
}

/**
 * Runs every stage, row after row and those of a row beside each other, also after one failed. Each is told as a whole, in the order of
 * the list. Ends early only where a person interrupts.
 */
export async function runStages(
  rows: readonly (readonly Stage[])[],
  deps: StageDeps,
): Promise<readonly StageOutcome[]> {
  const outcomes: StageOutcome[] = [];
  for (const row of rows) {
    const running = row.map((stage, index) => {
      if (index === 0) deps.say(`\n== ${stage.title}`);
      return timed(stage, index === 0 ? "told" : "kept", deps);
    });
    for (const [index, stage] of row.entries()) {
      const ran = await running[index];
      if (ran === undefined || deps.isInterrupted()) {
        await Promise.all(running);
        return outcomes;
      }
      if (index > 0) deps.say(`\n== ${stage.title}`);
      if (ran.kept !== "") deps.say(ran.kept.trimEnd());
      const outcome = outcomeOf(stage, ran, deps);
      outcomes.push(outcome);
      deps.say(`-- ${stage.title}: ${outcome.ok ? "ok" : "FAILED"} (${outcome.seconds} s)`);
    }
  }
  return outcomes;
}

async function timed(stage: Stage, output: "told" | "kept", { run, nowMs }: StageDeps) {
  const startedAtMs = nowMs();
  const ran = await run(stage, output);
  return { ...ran, seconds: Math.round((nowMs() - startedAtMs) / 1000) };
}

function outcomeOf(stage: Stage, { code, seconds }: { code: number; seconds: number }, deps: StageDeps): StageOutcome {
  const tests = stage.hasTests ? deps.readOutcome(stage) : undefined;
  // Tests that leave nothing behind have not passed, whatever they ended with.
  const ok = code === 0 && (!stage.hasTests || tests !== undefined);
  return { title: stage.title, ok, seconds, ...(tests === undefined ? {} : { tests }) };
}
