import { expect, test } from "vitest";
import { closing } from "./closing.ts";
import type { StageOutcome, TestOutcome } from "./outcome.ts";

const none: TestOutcome = { passed: 0, failed: [], brokenSuites: [], skipped: [], unhandled: [] };
const tests = (outcome: Partial<TestOutcome>): TestOutcome => ({ ...none, ...outcome });
const stage = (title: string, ok: boolean, outcome?: Partial<TestOutcome>): StageOutcome => ({
  title,
  ok,
  seconds: 3,
  ...(outcome === undefined ? {} : { tests: tests(outcome) }),
});

test.each<[string, readonly StageOutcome[], string, 0 | 1]>([
  ["all passed", [stage("lint", true), stage("unit", true, { passed: 7 })], "7 passed, 0 failed", 0],
  [
    "tests of several stages are added up",
    [stage("a", true, { passed: 7 }), stage("b", false, { passed: 2, failed: ["x"] })],
    "9 passed, 1 failed",
    1,
  ],
  ["a failed check without tests is a failure", [stage("lint", false)], "0 passed, 1 failed", 1],
  [
    "a suite whose hook failed is a failure, its unrun tests are not skipped ones",
    [stage("a", false, { passed: 2, brokenSuites: [{ name: "x", unrun: 5 }] })],
    "2 passed, 1 failed",
    1,
  ],
  [
    "an error outside of every test is a failure",
    [stage("a", false, { passed: 2, unhandled: ["late"] })],
    "2 passed, 1 failed",
    1,
  ],
  ["tests that left no report are a failure", [stage("a", false)], "0 passed, 1 failed", 1],
  [
    "a stage that failed although every test passed is a failure",
    [stage("a", false, { passed: 4 })],
    "4 passed, 1 failed",
    1,
  ],
  [
    "skipped tests follow, and are none that failed",
    [
      stage("a", true, {
        passed: 4,
        skipped: [
          { file: "x.test.ts", tests: 2 },
          { file: "y.test.ts", tests: 1 },
        ],
      }),
    ],
    "4 passed, 0 failed, 3 skipped",
    0,
  ],
])("%s", (_rule, stages, last, exitCode) => {
  const said = closing(stages, []);
  expect([said.lines.at(-1), said.exitCode]).toEqual([last, exitCode]);
  expect(said.lines.at(-1)).toMatch(/^\d+ passed, \d+ failed(, \d+ skipped)?$/);
});

test("everything that failed, was skipped or did not run is named, with its stage", () => {
  const { lines } = closing(
    [
      stage("types", false),
      stage("unit", false, {
        passed: 1,
        failed: ["a.test.ts > adds"],
        brokenSuites: [{ name: "b.test.ts > a worker", unrun: 4 }],
        skipped: [{ file: "c.test.ts", tests: 1 }],
        unhandled: ["socket hang up"],
      }),
    ],
    [{ program: "terraform", without: "plans", get: "Install it" }],
  );
  expect(lines).toEqual([
    "FAILED types (3 s)",
    "FAILED unit (3 s)",
    "NOT RUN: terraform is missing: plans. Install it",
    "SKIPPED: unit: c.test.ts: 1 test",
    "FAILED: types",
    "FAILED: unit: a.test.ts > adds",
    "FAILED: unit: b.test.ts > a worker (4 of its tests did not run)",
    "FAILED: unit: an error outside of every test: socket hang up",
    "",
    "1 passed, 4 failed, 1 skipped",
  ]);
});
