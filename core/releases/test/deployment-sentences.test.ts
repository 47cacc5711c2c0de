import { whatRuns } from "@compose-fleet/releases";
import { expect, test } from "vitest";

const A = "aaaaaaaaaaaa-111111111111";
const C = "cccccccccccc-333333333333";

test.each([
  ["a release of ours says whose it is", A, `${A} by me@here`, "user", `${A} by me@here`],
  [
    "CodeDeploy's own rollback brings the revision before, whatever the description that it took over says",
    A,
    `${C} by me@here`,
    "codeDeployRollback",
    `${A} by AWS, back from one that failed`,
  ],
  ["a deployment to a new machine", A, "", "autoscaling", `${A} by AWS, for a new machine`],
  ["one by hand without a word", A, "", "user", `${A} by user`],
  ["one by hand that says something else", A, "try it", "user", `${A} by user`],
  ["what is no revision of ours is described by itself", undefined, "an old app", "user", "an old app"],
])("%s", (_rule, revision, description, creator, expected) => {
  expect(whatRuns({ revision, description, creator })).toBe(expected);
});
