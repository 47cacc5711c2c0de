/** What a stage's tests came to. Names are as a person finds them: "file > suite > test". */
export interface TestOutcome {
  readonly passed: number;
  readonly failed: readonly string[];
  /** Suites and files that broke outside of a test: a hook, an import. `unrun` is how many of their tests did not run for it. */
  readonly brokenSuites: readonly { readonly name: string; readonly unrun: number }[];
  /** Files with tests that were left out on purpose, and how many. */
  readonly skipped: readonly { readonly file: string; readonly tests: number }[];
  /** Errors that belong to no test. */
  readonly unhandled: readonly string[];
}

/** How one stage ended. */
export interface StageOutcome {
  readonly title: string;
  readonly ok: boolean;
  readonly seconds: number;
  /** Of a stage that runs tests; undefined where it has none, or ended without a report. */
  readonly tests?: TestOutcome;
}

/** Something that did not run because this machine lacks a program. */
export interface Absence {
  readonly program: string;
  /** What is left out without it. */
  readonly without: string;
  /** How to get it. */
  readonly get: string;
}
