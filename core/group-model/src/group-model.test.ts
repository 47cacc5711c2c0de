import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  activeInstances,
  createGroup,
  defaultVictim,
  type Effect,
  type Group,
  instanceGone,
  instanceLost,
  instanceRunning,
  instanceShuttingDown,
  launchFailed,
  type Moment,
  type Outcome,
  type Refusal,
  retryLaunches,
  setDesired,
  terminateInstance,
} from "./index.ts";

const spec = { name: "workers", min: 1, max: 4, desired: 1, zones: ["z-a", "z-b"] };

/** A group driven step by step, each a second after the last, with readable ids. */
function drive(start = spec) {
  let second = 0;
  let ids = 0;
  const moment = (): Moment => ({
    atMs: ++second * 1000,
    newId: (kind) => `${{ instance: "i", activity: "act", token: "t" }[kind]}-${++ids}`,
  });
  const first = createGroup(start, moment());
  const state: { group: Group; effects: Effect[] } = { group: first.group, effects: [...first.effects] };
  const take = (outcome: Outcome | Refusal): Outcome | Refusal => {
    if ("refused" in outcome) return outcome;
    state.group = outcome.group;
    state.effects = [...outcome.effects];
    return outcome;
  };
  const allRunning = () => {
    for (const instance of state.group.instances) state.group = instanceRunning(state.group, instance.id, moment());
  };
  return { state, moment, take, allRunning };
}

describe("createGroup", () => {
  test("launches the desired instances, balanced over zones", () => {
    const { state } = drive({ ...spec, desired: 3 });
    expect(state.effects.map((effect) => effect.kind === "launch" && effect.zone)).toEqual(["z-a", "z-b", "z-a"]);
  });

  test.each([
    ["desired above max", { desired: 5 }],
    ["desired below min", { desired: 0 }],
    ["min above max", { min: 5 }],
    ["no zone", { zones: [] }],
    ["a fraction", { min: 0.5 }],
  ])("refuses %s", (_rule, change) => {
    expect(() => drive({ ...spec, ...change })).toThrow(RangeError);
  });
});

describe("setDesired", () => {
  test.each([
    ["max itself is allowed", 4, undefined],
    ["min itself is allowed", 1, undefined],
    ["above max is refused", 5, "New SetDesiredCapacity value 5 is above max value 4 for the AutoScalingGroup."],
    ["below min is refused", 0, "New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup."],
    ["a fraction is refused", 1.5, "DesiredCapacity must be a whole number, got 1.5"],
  ])("%s", (_rule, desired, message) => {
    const { state, moment } = drive();
    const outcome = setDesired(state.group, desired, moment());
    if (message === undefined) expect("group" in outcome && outcome.group.desired).toBe(desired);
    else expect(outcome).toEqual({ refused: { code: "ValidationError", message } });
  });

  test("the same number again changes nothing", () => {
    const { state, moment } = drive();
    expect(setDesired(state.group, 1, moment())).toEqual({ group: state.group, effects: [] });
  });

  test("scaling in takes the oldest of the fullest zone, which is not the caller's choice", () => {
    const { state, moment, take, allRunning } = drive({ ...spec, desired: 3 });
    allRunning();
    expect(defaultVictim(state.group)?.id).toBe("i-1");
    take(setDesired(state.group, 2, moment()));
    expect(state.effects).toEqual([{ kind: "terminate", instanceId: "i-1" }]);
  });

  test("an activity says who asked and what changed, as AWS words it", () => {
    const { state, moment, take } = drive();
    take(setDesired(state.group, 2, moment()));
    expect(state.group.activities[0]).toMatchObject({
      status: "PreInService",
      cause:
        "At 1970-01-01T00:00:02Z a user request explicitly set group desired capacity changing the desired capacity from 1 to 2.  At 1970-01-01T00:00:02Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 1 to 2.",
    });
  });
});

describe("terminateInstance", () => {
  test("with decrement the group shrinks and nothing is launched", () => {
    const { state, moment, take, allRunning } = drive({ ...spec, desired: 2 });
    allRunning();
    take(terminateInstance(state.group, { instanceId: "i-3", decrement: true }, moment()));
    expect(state.group.desired).toBe(1);
    expect(state.effects).toEqual([{ kind: "terminate", instanceId: "i-3" }]);
  });

  test("without decrement a replacement is launched", () => {
    const { state, moment, take } = drive();
    take(terminateInstance(state.group, { instanceId: "i-1", decrement: false }, moment()));
    expect(state.group.desired).toBe(1);
    expect(state.effects.map((effect) => effect.kind)).toEqual(["terminate", "launch"]);
  });

  test.each([
    ["below min", "i-1", true, "ValidationError", /desiredSize equals minSize \(1\)/],
    ["an unknown instance", "i-9", true, "ValidationError", /No managed instance found for instance ID: i-9/],
  ])("is refused for %s", (_rule, instanceId, decrement, code, message) => {
    const { state, moment } = drive();
    const outcome = terminateInstance(state.group, { instanceId, decrement }, moment());
    expect(outcome).toMatchObject({ refused: { code, message: expect.stringMatching(message) } });
  });

  test("twice is refused, so a repeated call never takes a second instance", () => {
    const { state, moment, take } = drive({ ...spec, desired: 3 });
    take(terminateInstance(state.group, { instanceId: "i-1", decrement: true }, moment()));
    expect(terminateInstance(state.group, { instanceId: "i-1", decrement: true }, moment())).toMatchObject({
      refused: { code: "ScalingActivityInProgress" },
    });
    expect(state.group.desired).toBe(2);
  });
});

describe("events", () => {
  test("an instance goes pending, in-service, terminating, away, and its activities end", () => {
    const { state, moment, take } = drive({ ...spec, desired: 2 });
    state.group = instanceRunning(state.group, "i-1", moment());
    expect(state.group.instances.map((each) => each.state)).toEqual(["in-service", "pending"]);
    take(terminateInstance(state.group, { instanceId: "i-1", decrement: true }, moment()));
    expect(state.group.activities[0]?.status).toBe("WaitingForELBConnectionDraining");
    state.group = instanceShuttingDown(state.group, "i-1");
    expect(state.group.activities[0]?.status).toBe("InProgress");
    state.group = instanceGone(state.group, "i-1", 9_000);
    expect(state.group.activities[0]).toMatchObject({
      status: "Successful",
      endedAtMs: 9_000,
      description: "Terminating EC2 instance: i-1",
    });
    expect(state.group.instances.map((each) => each.id)).toEqual(["i-3"]);
  });

  test("a failed launch ends its activity as Failed and is tried again only when asked", () => {
    const { state, moment } = drive();
    state.group = launchFailed(state.group, "i-1", "no capacity.", 2_000);
    expect(state.group.instances).toEqual([]);
    expect(state.group.activities[0]).toMatchObject({
      status: "Failed",
      statusMessage: "no capacity.  Launching EC2 instance failed.",
    });
    expect(retryLaunches(state.group, moment()).effects).toMatchObject([{ kind: "launch" }]);
  });

  test("a machine that dies is replaced", () => {
    const { state, moment, take, allRunning } = drive();
    allRunning();
    take(instanceLost(state.group, "i-1", moment()));
    expect(state.effects.map((effect) => effect.kind)).toEqual(["terminate", "launch"]);
    expect(state.group.desired).toBe(1);
  });

  test("events of unknown instances or in the wrong state change nothing", () => {
    const { state, moment } = drive();
    expect(instanceRunning(state.group, "i-9", moment())).toBe(state.group);
    expect(instanceGone(state.group, "i-1", 1)).toBe(state.group);
    expect(instanceShuttingDown(state.group, "i-1")).toBe(state.group);
    expect(instanceLost(state.group, "i-9", moment()).group).toBe(state.group);
  });
});

describe("whatever happens", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("desired" as const), value: fc.integer({ min: -2, max: 8 }) }),
    fc.record({
      kind: fc.constantFrom("terminate", "replace", "running", "gone", "lost", "failed", "retry"),
      pick: fc.nat(9),
    }),
  );

  test("desired stays within bounds, effects match the change, and active instances equal desired unless a launch failed", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { state, moment, take } = drive();
        const launched = new Set(state.group.instances.map((each) => each.id));
        let failed = false;
        for (const each of steps) {
          const target =
            "pick" in each
              ? state.group.instances[each.pick % Math.max(1, state.group.instances.length)]?.id
              : undefined;
          state.effects = [];
          if ("value" in each) take(setDesired(state.group, each.value, moment()));
          else if (each.kind === "retry") take(retryLaunches(state.group, moment()));
          else if (target === undefined) continue;
          else if (each.kind === "terminate" || each.kind === "replace")
            take(
              terminateInstance(state.group, { instanceId: target, decrement: each.kind === "terminate" }, moment()),
            );
          else if (each.kind === "running") state.group = instanceRunning(state.group, target, moment());
          else if (each.kind === "gone") state.group = instanceGone(state.group, target, moment().atMs);
          else if (each.kind === "lost") take(instanceLost(state.group, target, moment()));
          else {
            state.group = launchFailed(state.group, target, "no capacity.", moment().atMs);
            failed = true;
          }
          if (each.kind === "retry") failed = false;
          for (const effect of state.effects) {
            if (effect.kind === "launch") expect(launched.has(effect.instanceId)).toBe(false);
            if (effect.kind === "launch") launched.add(effect.instanceId);
            else expect(state.group.instances.find((one) => one.id === effect.instanceId)?.state).toBe("terminating");
          }
          expect(state.group.desired).toBeGreaterThanOrEqual(state.group.min);
          expect(state.group.desired).toBeLessThanOrEqual(state.group.max);
          const active = activeInstances(state.group).length;
          if (failed) expect(active).toBeLessThanOrEqual(state.group.desired);
          else expect(active).toBe(state.group.desired);
        }
      }),
    );
  });
});
