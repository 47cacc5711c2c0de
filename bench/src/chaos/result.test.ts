import { expect, test } from "vitest";
import { brokenBounds, type ChaosResult, type JudgedRun, resultTable } from "./result.ts";

const run = (change: Partial<ChaosResult> = {}, failedLate = 0, unmet: string[] = []): JudgedRun => ({
  result: {
    faults: ["kill-wh"],
    sent: 4_000,
    failed: 0,
    failedOnDeadWorker: 0,
    recoverySeconds: 12.3,
    doubledActions: 0,
    belowMin: 0,
    aboveMax: 0,
    fewestServing: 2,
    told: 1,
    toldAgain: 0,
    ...change,
  },
  failedLate,
  failedBy: {},
  heard: [],
  unmet,
});

test.each<[string, JudgedRun, RegExp | undefined]>([
  ["nothing failed", run(), undefined],
  ["failures on a dead worker are allowed", run({ failed: 5, failedOnDeadWorker: 5 }), undefined],
  ["60 s are allowed", run({ recoverySeconds: 60 }), undefined],
  ["one failure on a healthy worker", run({ failed: 6, failedOnDeadWorker: 5 }), /^1 requests failed on healthy/],
  ["late failures on a dead worker", run({ failed: 5, failedOnDeadWorker: 5 }, 2), /^2 requests failed on a lost/],
  ["too slow", run({ recoverySeconds: 60.1 }), /within 60 s \(60.1 s\)/],
  ["never back", run({ recoverySeconds: null }), /within 60 s$/],
  ["doubled", run({ doubledActions: 1 }), /doubled/],
  ["below", run({ belowMin: 1 }), /below/],
  ["above", run({ aboveMax: 1 }), /above/],
  ["told again", run({ toldAgain: 1 }), /told 1 things again/],
  ["what this run in particular was to show", run({}, 0, ["people did not hear of it"]), /did not hear/],
])("bounds: %s", (_rule, judged, expected) => {
  const broken = brokenBounds(judged);
  if (expected === undefined) expect(broken).toEqual([]);
  else expect(broken).toEqual([expect.stringMatching(expected)]);
});

test("the table has a line per run and says which is broken", () => {
  const lines = resultTable([run(), run({ faults: ["kill-wh", "ssm-slow"], recoverySeconds: null })]).split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[1]).toMatch(/^kill-wh .*4000 .*12\.3 s .* ok$/);
  expect(lines[2]).toMatch(/^kill-wh \+ ssm-slow .* never .* BROKEN$/);
});
