import { expect, test } from "vitest";
import { brokenPromises, failureCauses, type Observed, type ReleaseResult } from "./result.ts";
import type { Scenario } from "./scenario.ts";
import { goodVariant } from "./variant.ts";

const good: Scenario = { name: "good", workers: 3, variant: goodVariant("new") };
const bad: Scenario = { ...good, name: "bad", cause: /cannot open the ledger/ };
const result: ReleaseResult = {
  scenario: "good",
  sent: 9_000,
  failed: 0,
  failedOnDeadWorker: 0,
  causes: [],
  seconds: 45,
  status: "succeeded",
  cause: null,
};
const failed: ReleaseResult = { ...result, status: "failed", cause: "i-1: cannot open the ledger" };
const seen: Observed = {
  answersDuring: new Set(["old", "new"]),
  answersAfter: new Set(["new"]),
  imagesAfter: new Set(["r/a:new"]),
  formerPayload: "old",
  formerImage: "r/a:old",
  image: "r/a:new",
};
const back: Observed = {
  ...seen,
  answersDuring: new Set(["old"]),
  answersAfter: new Set(["old"]),
  imagesAfter: new Set(["r/a:old"]),
};

test.each<[rule: string, Scenario, ReleaseResult, Observed]>([
  ["a new version that all run", good, result, seen],
  ["a failure that names its cause, all back at the old version", bad, failed, back],
  ["failures on a worker that was killed", good, { ...result, failed: 3, failedOnDeadWorker: 3 }, seen],
])("%s keeps every promise", (_rule, scenario, measured, observed) => {
  expect(brokenPromises(scenario, measured, observed)).toEqual([]);
});

test.each<[rule: string, Scenario, ReleaseResult, Observed, broken: string]>([
  ["a failed request", good, { ...result, failed: 1 }, seen, "1 requests failed (none may)"],
  [
    "failures beyond the killed worker's",
    good,
    { ...result, failed: 4, failedOnDeadWorker: 3 },
    seen,
    "1 requests failed",
  ],
  ["a release that failed", good, failed, seen, "it failed: i-1: cannot open the ledger"],
  ["one that succeeded and must not", bad, result, seen, "it succeeded"],
  ["another cause", bad, { ...failed, cause: "no idea" }, back, "does not say"],
  [
    "two revisions at the end",
    bad,
    failed,
    { ...back, imagesAfter: new Set(["r/a:old", "r/a:new"]) },
    "replicas run r/a:old, r/a:new",
  ],
  [
    "an old answer afterwards",
    good,
    result,
    { ...seen, answersAfter: new Set(["new", "old"]) },
    "the answers afterwards",
  ],
  [
    "no answer of the old version meanwhile",
    good,
    result,
    { ...seen, answersDuring: new Set(["new"]) },
    "not both versions",
  ],
  ["more than ten minutes", good, { ...result, seconds: 601 }, seen, "it took 601 s"],
])("%s breaks a promise", (_rule, scenario, measured, observed, broken) => {
  expect(brokenPromises(scenario, measured, observed).join("; ")).toContain(broken);
});

test("failures are counted by their cause, with when the first came", () => {
  const failures = [
    { cause: "502", failedAtMs: 4_400 },
    { cause: "timeout", failedAtMs: 3_000 },
    { cause: "502", failedAtMs: 2_000 },
  ];
  const causes = failureCauses(failures, 1_000);
  expect(causes).toEqual([
    { cause: "502", count: 2, firstAfterSeconds: 1 },
    { cause: "timeout", count: 1, firstAfterSeconds: 2 },
  ]);
  expect(brokenPromises(good, { ...result, failed: 3, causes }, seen)[0]).toContain(
    "2 × 502, the first after 1 s; 1 × timeout, the first after 2 s",
  );
});
