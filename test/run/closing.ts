import type { Absence, StageOutcome, TestOutcome } from "./outcome.ts";

/** What is said at the end, and what the process ends with. */
export interface Closing {
  readonly lines: readonly string[];
  readonly exitCode: 0 | 1;
}

/**
 * The closing lines: every stage with its time, every failed test and suite, everything skipped, by name. The last line alone is `N passed, N failed`,
 * followed by `, N skipped` where tests were. A stage that failed without a failed test counts as one failure, so the last line never hides one.
 */
export function closing(stages: readonly StageOutcome[], absences: readonly Absence[]): Closing {
  const failures = stages.flatMap(failuresOf);
  const skips = stages.flatMap(skipsOf);
  const sum = (count: (tests: TestOutcome) => number) =>
    stages.reduce((total, { tests }) => total + (tests === undefined ? 0 : count(tests)), 0);
  const skipped = sum((tests) => tests.skipped.reduce((total, one) => total + one.tests, 0));
  return {
    lines: [
      ...stages.map(({ title, ok, seconds }) => `${ok ? "ok    " : "FAILED"} ${title} (${seconds} s)`),
      ...absences.map(({ program, without, get }) => `NOT RUN: ${program} is missing: ${without}. ${get}`),
      ...skips.map((skip) => `SKIPPED: ${skip}`),
      ...failures.map((failure) => `FAILED: ${failure}`),
      "",
      `${sum((tests) => tests.passed)} passed, ${failures.length} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`,
    ],
    exitCode: failures.length === 0 ? 0 : 1,
  };
}

function failuresOf({ title, ok, tests }: StageOutcome): string[] {
  const named = [
    ...(tests?.failed ?? []),
    ...(tests?.brokenSuites ?? []).map(
      ({ name, unrun }) => `${name}${unrun === 0 ? "" : ` (${unrun} of its tests did not run)`}`,
    ),
    ...(tests?.unhandled ?? []).map((message) => `an error outside of every test: ${message}`),
  ];
  if (named.length === 0 && !ok) return [title];
  return named.map((name) => `${title}: ${name}`);
}

function skipsOf({ title, tests }: StageOutcome): string[] {
  return (tests?.skipped ?? []).map(({ file, tests: count }) => `${title}: ${file}: ${count} ${plural(count)}`);
}

function plural(count: number): string {
  return count === 1 ? "test" : "tests";
}
