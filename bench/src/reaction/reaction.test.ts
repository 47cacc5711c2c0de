import { expect, test } from "vitest";
import { type Measured, missedReactions, p95, reactionReport } from "./reaction.ts";

test.each<[string, (number | null)[], number | null]>([
  ["the 19th of 20 values", Array.from({ length: 20 }, (_, index) => index + 1), 19],
  ["order does not matter", [3, 1, 2], 3],
  ["one value is its own", [4], 4],
  ["a step that was never answered leaves no percentile", [1, null], null],
  ["nothing measured", [], null],
])("p95: %s", (_rule, values, expected) => {
  expect(p95(values)).toBe(expected);
});

const steps = (decision: number | null, replica: number, worker: number): Measured => ({
  steps: [{ decision, replica, worker, boot: 2 }],
  agent: [],
});

test("the ratio says how many times longer the usual set-up took", () => {
  const report = reactionReport(steps(4, 6, 10), steps(40, 45, 60), 2);
  expect(report.ratio).toEqual({ decision: 10, replica: 7.5, worker: 6, workerWithoutBoot: 7.3 });
  expect(missedReactions(report)).toEqual([]);
});

test.each<[string, Measured, RegExp]>([
  ["a slow decision", steps(6.1, 6, 10), /^decision: p95 6.1 s, at most 6 s/],
  ["no decision", steps(null, 6, 10), /^decision: p95 never/],
  ["a slow replica", steps(4, 9.1, 10), /^replica serving/],
  ["a slow worker, boot time not counted", steps(4, 6, 14.1), /^worker serving: p95 14.1 s, at most 14 s/],
])("a promise is broken by %s", (_rule, fleet, expected) => {
  expect(missedReactions(reactionReport(fleet, steps(90, 90, 90), 2))).toEqual([expect.stringMatching(expected)]);
});

test("less than five times faster than the usual set-up breaks a promise", () => {
  expect(missedReactions(reactionReport(steps(4, 6, 10), steps(10, 45, 60), 2))).toEqual([
    expect.stringMatching(/^decision: 2.5×/),
  ]);
});
