import { expect, test } from "vitest";
import { aftermathOf, type GroupFacts } from "./aftermath.ts";
import { createDeployment, type Deployment, STOPPED_BY_USER } from "./deployment.ts";
import type { Revision } from "./lifecycle.ts";

const revision = (number: number): Revision => ({ bucket: "b", key: `workers/${number}.tgz`, bundleType: "tgz" });
const created = createDeployment(
  {
    id: "d-1",
    creator: "user",
    revision: revision(2),
    description: "",
    ignoreApplicationStopFailures: false,
    fileExistsBehavior: "OVERWRITE",
    instanceIds: ["i-1", "i-2"],
  },
  0,
);
const facts: GroupFacts = {
  autoRollback: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
  lastSuccessful: revision(1),
  given: new Map([
    ["i-1", revision(2)],
    ["i-2", revision(2)],
  ]),
};
const back = { kind: "roll-back", revision: revision(1) };
const nothing = { kind: "nothing" };

test.each<{ rule: string; deployment: Partial<Deployment>; facts?: Partial<GroupFacts>; answer: object }>([
  { rule: "a failure goes back to what succeeded last", deployment: { status: "Failed" }, answer: back },
  {
    rule: "without anything to go back to, it says so",
    deployment: { status: "Failed" },
    facts: { lastSuccessful: undefined },
    answer: { kind: "no-rollback" },
  },
  {
    rule: "the deployment's own word wins over the group's",
    deployment: { status: "Failed", autoRollback: { enabled: false, events: [] } },
    answer: nothing,
  },
  {
    rule: "a rollback that fails is not rolled back",
    deployment: { status: "Failed", creator: "codeDeployRollback" },
    answer: nothing,
  },
  {
    rule: "an instance's first deployment concerns nobody else",
    deployment: { status: "Failed", creator: "autoscaling" },
    answer: nothing,
  },
  {
    rule: "a stop goes back when it was asked to",
    deployment: { status: "Stopped", stop: { rollBack: true, error: STOPPED_BY_USER } },
    answer: back,
  },
  {
    rule: "a stop that was not asked to does not",
    deployment: { status: "Stopped", stop: { rollBack: false, error: STOPPED_BY_USER } },
    answer: nothing,
  },
  { rule: "a success needs nothing more", deployment: { status: "Succeeded" }, answer: nothing },
  {
    rule: "instances born meanwhile at an older revision, or at none, get this one",
    deployment: { status: "Succeeded" },
    facts: {
      given: new Map([
        ["i-1", revision(2)],
        ["i-3", revision(1)],
        ["i-4", undefined],
        ["i-5", revision(2)],
      ]),
    },
    answer: { kind: "update-outdated", instanceIds: ["i-3", "i-4"] },
  },
  {
    rule: "the last one, which failed in a success, is left as it is",
    deployment: { status: "Succeeded" },
    facts: { given: new Map([["i-2", revision(1)]]) },
    answer: nothing,
  },
])("$rule", ({ deployment, facts: more, answer }) => {
  expect(aftermathOf({ ...created, ...deployment }, { ...facts, ...more })).toMatchObject(answer);
});
