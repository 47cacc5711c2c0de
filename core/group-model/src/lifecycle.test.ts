import { describe, expect, test } from "vitest";
import {
  cancelRefresh,
  completeLifecycleAction,
  createGroup,
  type Group,
  instanceDeregistered,
  instanceEntersService,
  instanceGone,
  instanceLost,
  instanceRunning,
  type LifecycleHook,
  type Moment,
  type Outcome,
  putLifecycleHook,
  type Refusal,
  recordHeartbeat,
  resumeProcesses,
  setDesired,
  setInstanceHealth,
  setProtection,
  startRefresh,
  suspendProcesses,
  terminateInstance,
  updateGroup,
  upkeep,
} from "./index.ts";

let ids = 0;
const at = (second: number): Moment => ({ atMs: second * 1000, newId: (kind) => `${kind}-${++ids}` });
const spec = { name: "workers", min: 1, max: 4, desired: 2, zones: ["a", "b"], suspended: ["AZRebalance" as const] };
const hook = (
  transition: LifecycleHook["transition"],
  defaultResult: LifecycleHook["defaultResult"],
): LifecycleHook => ({
  name: "hook",
  transition,
  heartbeatSeconds: 30,
  defaultResult,
});

const ok = <Accepted extends object>(answer: Accepted | Refusal): Accepted => {
  if ("refused" in answer) throw new Error(answer.refused.message);
  return answer;
};
const running = (group: Group, second = 1): Group =>
  group.instances.reduce((next, each) => instanceRunning(next, each.id, at(second)), group);
const serving = (change: object = {}) => running(createGroup({ ...spec, ...change }, at(0)).group);
const states = (group: Group) => group.instances.map((each) => each.state);
const kinds = ({ effects }: Outcome) => effects.map((each) => each.kind);

/** A group whose first instance waits in its termination, since second 10. */
function leaving(defaultResult: LifecycleHook["defaultResult"] = "CONTINUE") {
  const group = putLifecycleHook(serving(), hook("terminating", defaultResult));
  const instanceId = group.instances[0]?.id ?? "";
  const asked = ok(terminateInstance(group, { instanceId, decrement: true }, at(10))).group;
  return { instanceId, before: asked, group: instanceDeregistered(asked, instanceId, at(10)) };
}

describe("a terminate hook", () => {
  test("holds the instance after its deregistration, until it is completed", () => {
    const { instanceId, before, group } = leaving();
    expect([states(before), states(group)]).toEqual([
      ["terminating", "in-service"],
      ["terminating-wait", "in-service"],
    ]);
    const done = ok(completeLifecycleAction(group, { hook: "hook", instanceId, result: "CONTINUE" }, at(11))).group;
    expect(states(done)).toEqual(["terminating-proceed", "in-service"]);
    expect(states(instanceGone(done, instanceId, 12_000))).toEqual(["in-service"]);
  });

  test("goes on by itself when its time is over; a heartbeat begins it anew", () => {
    const { instanceId, group } = leaving();
    expect(states(upkeep(group, at(39)).group)[0]).toBe("terminating-wait");
    expect(states(upkeep(group, at(40)).group)[0]).toBe("terminating-proceed");
    const kept = ok(recordHeartbeat(group, { hook: "hook", instanceId }, 35_000));
    expect(states(upkeep(kept, at(64)).group)[0]).toBe("terminating-wait");
    expect(states(upkeep(kept, at(65)).group)[0]).toBe("terminating-proceed");
  });

  test("lets an instance go also when it is abandoned", () => {
    expect(states(upkeep(leaving("ABANDON").group, at(40)).group)[0]).toBe("terminating-proceed");
  });

  test("heartbeats do not hold it for ever: a hundred times its length", () => {
    const { instanceId, group } = leaving();
    const kept = ok(recordHeartbeat(group, { hook: "hook", instanceId }, 3_005_000));
    expect(states(upkeep(kept, at(3_010)).group)[0]).toBe("terminating-proceed");
  });

  test.each([
    ["an unknown hook", { hook: "other", instanceId: "x" }],
    ["an instance that does not wait", { hook: "hook", instanceId: "i-none" }],
    ["a token nobody has", { hook: "hook", token: "none" }],
  ])("is not completed for %s", (_rule, request) => {
    const outcome = completeLifecycleAction(leaving().group, { ...request, result: "CONTINUE" }, at(11));
    expect(outcome).toMatchObject({ refused: { code: "ValidationError" } });
  });
});

describe("a launch hook", () => {
  const launched = () =>
    running(createGroup({ ...spec, desired: 1, hooks: [hook("launching", "ABANDON")] }, at(0)).group);

  test("keeps an instance out of service until it is completed", () => {
    const group = launched();
    const instanceId = group.instances[0]?.id ?? "";
    expect(states(group)).toEqual(["pending-wait"]);
    const token = group.instances[0]?.waits?.[0]?.token;
    const done = ok(completeLifecycleAction(group, { hook: "hook", token, result: "CONTINUE" }, at(2))).group;
    expect(states(done)).toEqual(["pending-proceed"]);
    expect(states(instanceEntersService(done, instanceId, 3_000))).toEqual(["in-service"]);
  });

  test("replaces an instance that nobody answers for", () => {
    const outcome = upkeep(launched(), at(31));
    expect([kinds(outcome), states(outcome.group)]).toEqual([
      ["terminate", "launch"],
      ["terminating", "pending"],
    ]);
  });

  test("the launch is a success only when the instance enters service", () => {
    const group = launched();
    const instanceId = group.instances[0]?.id ?? "";
    expect(group.activities[0]).toMatchObject({ status: "MidLifecycleAction" });
    expect(group.activities[0]).not.toHaveProperty("endedAtMs");
    const done = ok(completeLifecycleAction(group, { hook: "hook", instanceId, result: "CONTINUE" }, at(2))).group;
    expect(done.activities[0]?.status).toBe("MidLifecycleAction");
    const serves = instanceEntersService(done, instanceId, 3_000);
    expect(serves.activities[0]).toMatchObject({ status: "Successful", endedAtMs: 3_000 });
  });

  test.each([
    ["completed with ABANDON", "Lifecycle Action Completed with ABANDON Result"],
    ["timed out", "Heartbeat Timeout"],
  ])("an abandoned launch ends as Cancelled, in AWS's words: %s", (rule, words) => {
    const group = launched();
    const { id: instanceId = "", waits } = group.instances[0] ?? {};
    const { group: after } =
      rule === "timed out"
        ? upkeep(group, at(31))
        : ok(completeLifecycleAction(group, { hook: "hook", instanceId, result: "ABANDON" }, at(31)));
    const reason = `Instance failed to complete user's Lifecycle Action: Lifecycle Action with token ${waits?.[0]?.token} was abandoned: ${words}`;
    expect(
      after.activities.find((each) => each.instanceId === instanceId && each.endedAtMs !== undefined),
    ).toMatchObject({
      status: "Cancelled",
      statusMessage: reason,
      description: `Launching a new EC2 instance: ${instanceId}.  Status Reason: ${reason}`,
      endedAtMs: 31_000,
    });
  });
});

describe("suspended processes", () => {
  test("Launch: nothing is launched until it is resumed", () => {
    const suspended = suspendProcesses(serving(), ["Launch"]);
    const more = ok(setDesired(suspended, 4, at(5)));
    expect(kinds(more)).toEqual([]);
    expect(kinds(resumeProcesses(more.group, ["Launch"], at(6)))).toEqual(["launch", "launch"]);
  });

  test("Terminate: the group takes nobody, until it is resumed", () => {
    const suspended = suspendProcesses(serving(), ["Terminate"]);
    const less = ok(setDesired(suspended, 1, at(5)));
    expect(kinds(less)).toEqual([]);
    expect(kinds(resumeProcesses(less.group, ["Terminate"], at(6)))).toEqual(["terminate"]);
  });

  test("Terminate protects only what is in service: a launch that is under way may be taken back", () => {
    const suspended = suspendProcesses(serving(), ["Terminate"]);
    const more = ok(setDesired(suspended, 3, at(5))).group;
    const pending = more.instances.find((each) => each.state === "pending")?.id;
    const less = ok(setDesired(more, 1, at(6)));
    expect(less.effects).toEqual([{ kind: "terminate", instanceId: pending }]);
    expect(states(less.group)).toEqual(["in-service", "in-service", "terminating"]);
  });

  test.each(["refused", "accepted"] as const)(
    "Terminate: a request that names its victim is %s, as the group is set; one in Pending may always go",
    (terminateWhileSuspended) => {
      const group = suspendProcesses(serving({ terminateWhileSuspended }), ["Terminate"]);
      const ask = (from: Group, instanceId = "") => terminateInstance(from, { instanceId, decrement: true }, at(5));
      const named = ask(group, group.instances[0]?.id);
      if (terminateWhileSuspended === "refused")
        expect(named).toMatchObject({
          refused: { code: "ValidationError", message: expect.stringContaining("Terminate process is suspended") },
        });
      else expect(kinds(ok(named))).toEqual(["terminate"]);
      const launching = createGroup({ ...spec, terminateWhileSuspended, suspended: ["Terminate"] }, at(0)).group;
      expect(kinds(ok(ask(launching, launching.instances[0]?.id)))).toEqual(["terminate"]);
    },
  );

  test("a group that says nothing about it refuses, the stricter of the two", () => {
    expect(serving().terminateWhileSuspended).toBe("refused");
  });

  test("Launch: an unhealthy instance is taken out and not replaced, until it is resumed", () => {
    const group = suspendProcesses(serving(), ["Launch"]);
    const lost = instanceLost(group, group.instances[0]?.id ?? "", at(5));
    expect(kinds(lost)).toEqual(["terminate"]);
    expect(kinds(resumeProcesses(lost.group, ["Launch"], at(6)))).toEqual(["launch"]);
  });

  test("InstanceRefresh: a refresh stands still until it is resumed", () => {
    const group = suspendProcesses(ok(startRefresh(serving(), at(5))).group, ["InstanceRefresh"]);
    expect(kinds(upkeep(group, at(6)))).toEqual([]);
    expect(kinds(upkeep(resumeProcesses(group, ["InstanceRefresh"], at(7)).group, at(8)))).toEqual([
      "terminate",
      "launch",
    ]);
  });

  test("HealthCheck: nobody hears of a dead machine", () => {
    const group = suspendProcesses(serving(), ["HealthCheck"]);
    expect(instanceLost(group, group.instances[0]?.id ?? "", at(5))).toEqual({ group, effects: [] });
  });

  test("ReplaceUnhealthy: it is known and not replaced, until it is resumed", () => {
    const group = suspendProcesses(serving(), ["ReplaceUnhealthy"]);
    const sick = ok(setInstanceHealth(group, group.instances[0]?.id ?? "", false));
    expect(kinds(upkeep(sick, at(5)))).toEqual([]);
    expect(kinds(resumeProcesses(sick, ["ReplaceUnhealthy"], at(6)))).toEqual(["terminate", "launch"]);
  });

  test("AZRebalance: zones are evened out only while it is not suspended, launching first", () => {
    const group = serving({ desired: 4 });
    const uneven = { ...group, desired: 2, instances: group.instances.filter((each) => each.zone === "a") };
    expect(kinds(upkeep(uneven, at(5)))).toEqual([]);
    const launched = upkeep({ ...uneven, suspended: [] }, at(5));
    expect(kinds(launched)).toEqual(["launch"]);
    expect(kinds(upkeep(running(launched.group, 6), at(7)))).toEqual(["terminate"]);
  });
});

describe("protection", () => {
  test("the group chooses another victim, and none when all are protected", () => {
    const group = serving();
    const [first, second] = group.instances.map((each) => each.id);
    const one = ok(setProtection(group, [first ?? ""], true));
    expect(ok(setDesired(one, 1, at(5))).effects).toEqual([{ kind: "terminate", instanceId: second }]);
    const all = ok(setProtection(group, [first ?? "", second ?? ""], true));
    expect(kinds(ok(setDesired(all, 1, at(5))))).toEqual([]);
  });

  test("who names the victim gets it", () => {
    const group = serving();
    const instanceId = group.instances[0]?.id ?? "";
    const kept = ok(setProtection(group, [instanceId], true));
    expect(kinds(ok(terminateInstance(kept, { instanceId, decrement: true }, at(5))))).toEqual(["terminate"]);
  });
});

describe("bounds and cooldown", () => {
  test.each([
    ["raising min raises desired", { min: 3 }, 3, ["launch"]],
    ["lowering max lowers desired", { max: 1 }, 1, ["terminate"]],
    ["bounds that hold desired leave it", { min: 2, max: 3 }, 2, []],
  ])("%s", (_rule, change, desired, effects) => {
    const outcome = ok(updateGroup(serving(), change, at(5)));
    expect([outcome.group.desired, kinds(outcome)]).toEqual([desired, effects]);
  });

  test("a request that honours the cooldown is refused within it, counted from the last activity's end", () => {
    const group = serving({ cooldownSeconds: 60 });
    const ask = (second: number, honorCooldown: boolean) => setDesired(group, 3, at(second), { honorCooldown });
    expect(ask(60, true)).toMatchObject({ refused: { code: "ScalingActivityInProgress" } });
    expect(ask(60, false)).toHaveProperty("group");
    expect(ask(61, true)).toHaveProperty("group");
  });
});

describe("an instance refresh", () => {
  test("replaces one after another and ends", () => {
    let group = ok(startRefresh(serving(), at(5))).group;
    const old = group.instances.map((each) => each.id);
    for (let second = 6; second < 30 && group.refreshes[0]?.status === "InProgress"; second += 1) {
      group = running(upkeep(group, at(second)).group, second);
      expect(group.instances.filter((each) => each.state === "terminating").length).toBeLessThanOrEqual(1);
      for (const each of group.instances)
        if (each.state === "terminating") group = instanceGone(group, each.id, second * 1000);
    }
    expect(group.refreshes[0]).toMatchObject({ status: "Successful", remaining: [] });
    expect(group.instances.filter((each) => old.includes(each.id))).toEqual([]);
  });

  test("runs once at a time, and stops after the current instance when cancelled", () => {
    const group = ok(startRefresh(serving(), at(5))).group;
    expect(startRefresh(group, at(6))).toMatchObject({ refused: { code: "InstanceRefreshInProgress" } });
    const cancelled = upkeep(ok(cancelRefresh(group)).group, at(7));
    expect([cancelled.group.refreshes[0]?.status, kinds(cancelled)]).toEqual(["Cancelled", []]);
    expect(cancelRefresh(cancelled.group)).toMatchObject({ refused: { code: "ActiveInstanceRefreshNotFound" } });
  });
});
