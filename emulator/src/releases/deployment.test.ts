import { describe, expect, test } from "vitest";
import {
  agentSilent,
  createDeployment,
  type Deployment,
  endEvent,
  isActive,
  nextTarget,
  requestStop,
  STOPPED_BY_USER,
  startEvent,
  targetOrder,
} from "./deployment.ts";
import { type Diagnostics, LIFECYCLE_EVENTS, SUCCESS } from "./lifecycle.ts";

const FAILURE: Diagnostics = { errorCode: "ScriptFailed", scriptName: "hooks/x.sh", message: "no", logTail: "" };
const deploy = (...instanceIds: string[]) =>
  createDeployment(
    {
      id: "d-1",
      creator: "user",
      revision: { bucket: "b", key: "workers/2.tgz", bundleType: "tgz" },
      description: "",
      ignoreApplicationStopFailures: false,
      fileExistsBehavior: "OVERWRITE",
      instanceIds,
    },
    0,
  );

/** All events of an instance, or up to the one that fails. */
function carryOut(deployment: Deployment, instanceId: string, failing?: string): Deployment {
  let state = deployment;
  for (const [index, name] of LIFECYCLE_EVENTS.entries()) {
    state = startEvent(state, instanceId, name, index);
    state = endEvent(state, instanceId, name, name === failing ? FAILURE : SUCCESS, index);
    if (name === failing) break;
  }
  return state;
}
const statuses = (deployment: Deployment) => deployment.targets.map(({ status }) => status);
const eventsOf = (deployment: Deployment, index: number) =>
  deployment.targets[index]?.events.map(({ name, status }) => `${name} ${status}`);

describe("one at a time", () => {
  test.each([
    { rule: "all succeed: Succeeded", fail: [], status: "Succeeded", targets: ["Succeeded", "Succeeded", "Succeeded"] },
    {
      rule: "the first fails: Failed, the rest is left out",
      fail: [0],
      status: "Failed",
      targets: ["Failed", "Skipped", "Skipped"],
    },
    { rule: "one in between fails: Failed", fail: [1], status: "Failed", targets: ["Succeeded", "Failed", "Skipped"] },
    {
      rule: "only the last fails: Succeeded nevertheless",
      fail: [2],
      status: "Succeeded",
      targets: ["Succeeded", "Succeeded", "Failed"],
    },
  ])("$rule", ({ fail, status, targets }) => {
    let state = deploy("i-0", "i-1", "i-2");
    for (let target = nextTarget(state); target; target = nextTarget(state)) {
      const index = Number(target.instanceId.slice(2));
      state = carryOut(state, target.instanceId, fail.includes(index) ? "ApplicationStart" : undefined);
    }
    expect([state.status, statuses(state), state.error?.code]).toEqual([
      status,
      targets,
      status === "Failed" ? "HEALTH_CONSTRAINTS" : undefined,
    ]);
  });

  test("the only one of a group may not fail", () => {
    expect(carryOut(deploy("i-0"), "i-0", "ValidateService")).toMatchObject({ status: "Failed", endedAtMs: 6 });
  });

  test("nothing to deploy to is a failure", () => {
    expect(deploy()).toMatchObject({ status: "Failed", error: { code: "NO_INSTANCES" } });
  });

  test("events after one that failed are left out", () => {
    expect(eventsOf(carryOut(deploy("i-0"), "i-0", "AfterInstall"), 0)).toEqual([
      "ApplicationStop Succeeded",
      "DownloadBundle Succeeded",
      "BeforeInstall Succeeded",
      "Install Succeeded",
      "AfterInstall Failed",
      "ApplicationStart Skipped",
      "ValidateService Skipped",
    ]);
  });

  test("a failing ApplicationStop counts unless it shall not", () => {
    const patient = { ...deploy("i-0"), ignoreApplicationStopFailures: true };
    expect(endEvent(patient, "i-0", "ApplicationStop", FAILURE, 1).status).toBe("Created");
    expect(endEvent(deploy("i-0"), "i-0", "ApplicationStop", FAILURE, 1).status).toBe("Failed");
  });
});

describe("an agent that has been silent for too long", () => {
  test("has failed at the event it was at", () => {
    const working = startEvent(deploy("i-0", "i-1"), "i-0", "ApplicationStop", 1);
    const silent = agentSilent(working, "i-0", 9);
    expect([silent.status, statuses(silent)]).toEqual(["Failed", ["Failed", "Skipped"]]);
    expect(silent.targets[0]?.events[0]?.diagnostics?.message).toContain("CodeDeploy agent was not able to receive");
  });
  test("has failed before it began", () => {
    expect(statuses(agentSilent(deploy("i-0", "i-1"), "i-0", 9))).toEqual(["Failed", "Skipped"]);
  });
});

describe("a stop", () => {
  const never = () => false;
  const asked = { rollBack: false, error: STOPPED_BY_USER };
  test("waits for the event that runs, and begins nothing more", () => {
    const working = startEvent(deploy("i-0", "i-1"), "i-0", "ApplicationStop", 1);
    const told = requestStop(working, asked, never, 2);
    expect([isActive(told), nextTarget(told), statuses(told)]).toEqual([true, undefined, ["InProgress", "Skipped"]]);
    const done = endEvent(told, "i-0", "ApplicationStop", SUCCESS, 3);
    expect([done.status, done.error?.code, statuses(done)]).toEqual(["Stopped", "MANUAL_STOP", ["Skipped", "Skipped"]]);
  });
  test("does not wait for an instance that nobody can reach", () => {
    const working = startEvent(deploy("i-0", "i-1"), "i-0", "ApplicationStop", 1);
    expect(requestStop(working, asked, (id) => id === "i-0", 2).status).toBe("Stopped");
  });
  test("of what is over changes nothing", () => {
    const over = carryOut(deploy("i-0"), "i-0");
    expect(requestStop(over, asked, never, 99)).toBe(over);
    expect(endEvent(over, "i-0", "Install", FAILURE, 99)).toBe(over);
  });
});

test("who failed last comes first, then who was never deployed to", () => {
  const last = new Map([
    ["i-good", true],
    ["i-bad", false],
  ]);
  expect(targetOrder(["i-good", "i-new", "i-bad"], last)).toEqual(["i-bad", "i-new", "i-good"]);
});
