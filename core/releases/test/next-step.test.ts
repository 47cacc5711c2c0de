import { type DeploymentInfo, type DeploymentVerdict, nextStep, wayBackOf } from "@compose-fleet/releases";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const stopped = (code: string): DeploymentInfo => ({ status: "Stopped", errorInformation: { code } });
const failed: DeploymentVerdict = { kind: "failed", cause: "no", failed: ["i-1"] };
const gone: DeploymentVerdict = { kind: "gone", instances: ["i-1"] };
const LIMIT = 5;

describe("who takes a failed deployment back", () => {
  test.each<[string, DeploymentInfo, string]>([
    ["what CodeDeploy calls Succeeded it never takes back", { status: "Succeeded" }, "us"],
    ["what it calls Failed it takes back itself", { status: "Failed" }, "codedeploy"],
    ["what an alarm stopped, it would stop again", stopped("ALARM_ACTIVE"), "alarm"],
    ["what somebody has stopped is theirs", stopped("MANUAL_STOP"), "people"],
    ["also where nobody says why it was stopped", { status: "Stopped" }, "people"],
  ])("%s", (_rule, deployment, back) => {
    expect(wayBackOf(deployment)).toBe(back);
    expect(nextStep({ deployment, verdict: failed }, 1, LIMIT)).toEqual({ kind: "failed", cause: "no", back });
  });
});

test("what runs is waited for, and what has ended well is done", () => {
  const of = (verdict: DeploymentVerdict) => nextStep({ deployment: { status: "InProgress" }, verdict }, 1, LIMIT);
  expect(of({ kind: "running" })).toEqual({ kind: "wait" });
  expect(of({ kind: "succeeded", newcomers: ["i-9"] })).toEqual({ kind: "done", newcomers: ["i-9"] });
});

test("machines that disappear one after another are deployed around, to the limit and no further", () => {
  const statuses = fc.constantFrom("InProgress", "Failed", "Stopped", "Succeeded");
  fc.assert(
    fc.property(statuses, fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 10 }), (status, begun, limit) => {
      const step = nextStep({ deployment: { status }, verdict: gone }, begun, limit);
      expect(step).toMatchObject({ kind: begun < limit ? "again" : "given-up", gone: ["i-1"] });
      if (step.kind === "given-up") expect(step.back).toBe(status === "Failed" ? "codedeploy" : "us");
    }),
  );
});
