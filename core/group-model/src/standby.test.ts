import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  activeInstances,
  createGroup,
  enterStandby,
  exitStandby,
  type Group,
  instanceInStandby,
  instanceLost,
  instanceOutOfStandby,
  instanceRunning,
  type Moment,
  type Outcome,
  type Refusal,
  setDesired,
  terminateInstance,
  upkeep,
} from "./index.ts";

let ids = 0;
const at = (second: number): Moment => ({ atMs: second * 1000, newId: (kind) => `${kind}-${++ids}` });
const ok = <Accepted extends object>(answer: Accepted | Refusal): Accepted => {
  if ("refused" in answer) throw new Error(answer.refused.message);
  return answer;
};
const kinds = ({ effects }: Outcome) => effects.map((each) => each.kind);
const states = (group: Group) => group.instances.map((each) => each.state);
const idOf = (group: Group, index = 0) => group.instances[index]?.id ?? "";

function serving(change: object = {}): Group {
  const spec = {
    name: "workers",
    min: 1,
    max: 4,
    desired: 2,
    zones: ["a"],
    suspended: ["AZRebalance" as const],
    ...change,
  };
  const { group } = createGroup(spec, at(0));
  return group.instances.reduce((next, each) => instanceRunning(next, each.id, at(1)), group);
}

/** Two instances of which the first is in Standby and no longer counted. */
function onStandby(decrement = true): Group {
  const group = serving();
  const id = idOf(group);
  return instanceInStandby(ok(enterStandby(group, { instanceIds: [id], decrement }, at(10))).group, id, 12_000);
}

describe("enter standby", () => {
  test("with decrement the group shrinks and nothing is launched; the instance leaves the load balancer first", () => {
    const group = serving();
    const outcome = ok(enterStandby(group, { instanceIds: [idOf(group)], decrement: true }, at(10)));
    expect(outcome.effects).toEqual([{ kind: "leave-balancer", instanceId: idOf(group) }]);
    expect([outcome.group.desired, states(outcome.group)]).toEqual([1, ["entering-standby", "in-service"]]);
    expect(outcome.group.activities[0]).toMatchObject({
      status: "InProgress",
      description: `Moving EC2 instance to Standby: ${idOf(group)}`,
      cause: `At 1970-01-01T00:00:10Z instance ${idOf(group)} was moved to standby in response to a user request, shrinking the capacity from 2 to 1.`,
    });
    const there = instanceInStandby(outcome.group, idOf(group), 12_000);
    expect([states(there), there.activities[0]?.status]).toEqual([["standby", "in-service"], "Successful"]);
  });

  test("without decrement another one is launched in its place", () => {
    const group = serving();
    const outcome = ok(enterStandby(group, { instanceIds: [idOf(group)], decrement: false }, at(10)));
    expect([outcome.group.desired, kinds(outcome)]).toEqual([2, ["leave-balancer", "launch"]]);
  });

  test.each<[string, (group: Group) => readonly string[], RegExp]>([
    ["below min", (group) => [idOf(group), idOf(group, 1)], /min-size=1, max-size=4, and desired-size=2/],
    ["a stranger", () => ["i-none"], /not part of Auto Scaling group workers/],
  ])("%s is refused whole", (_rule, pick, message) => {
    const group = serving();
    const answer = enterStandby(group, { instanceIds: pick(group), decrement: true }, at(10));
    expect(answer).toMatchObject({ refused: { code: "ValidationError", message: expect.stringMatching(message) } });
  });

  test("only what is in service goes", () => {
    const there = onStandby(false);
    const again = enterStandby(there, { instanceIds: [idOf(there)], decrement: false }, at(20));
    expect(again).toMatchObject({ refused: { message: expect.stringContaining("is not in InService") } });
  });
});

describe("in standby", () => {
  test("nobody checks its health, and the group does not choose it", () => {
    const group = onStandby(false);
    expect(kinds(instanceLost(group, idOf(group), at(20)))).toEqual([]);
    expect(kinds(upkeep(group, at(21)))).toEqual([]);
    const victims = ok(setDesired(group, 1, at(22))).effects;
    expect(victims).not.toContainEqual(expect.objectContaining({ instanceId: idOf(group) }));
  });

  test("it can be ended by name, which changes no number and launches nothing; it has no part in the desired capacity", () => {
    const group = onStandby();
    const ask = (decrement: boolean) => terminateInstance(group, { instanceId: idOf(group), decrement }, at(20));
    expect(ask(true)).toMatchObject({ refused: { code: "ValidationError" } });
    const ended = ok(ask(false));
    expect([kinds(ended), ended.group.desired]).toEqual([["terminate"], 1]);
  });

  test("on its way there it cannot be ended", () => {
    const group = serving();
    const going = ok(enterStandby(group, { instanceIds: [idOf(group)], decrement: true }, at(10))).group;
    expect(terminateInstance(going, { instanceId: idOf(group), decrement: false }, at(11))).toMatchObject({
      refused: { code: "ScalingActivityInProgress" },
    });
  });
});

describe("exit standby", () => {
  test("the desired capacity grows, and the instance is Pending until the load balancer has it", () => {
    const group = onStandby();
    const outcome = ok(exitStandby(group, [idOf(group)], at(20)));
    expect([outcome.group.desired, kinds(outcome), states(outcome.group)]).toEqual([
      2,
      ["join-balancer"],
      ["pending", "in-service"],
    ]);
    expect(outcome.group.activities[0]?.cause).toContain(
      "moved out of standby in response to a user request, increasing the capacity from 1 to 2",
    );
    expect(states(instanceOutOfStandby(outcome.group, idOf(group), 21_000))).toEqual(["in-service", "in-service"]);
  });

  test("above max is refused", () => {
    const group = ok(setDesired(onStandby(), 4, at(15))).group;
    expect(exitStandby(group, [idOf(group)], at(20))).toMatchObject({
      refused: { message: expect.stringContaining("desired-size=4") },
    });
  });

  test("one that died in Standby is replaced once it is back", () => {
    const group = onStandby();
    const { group: lost, effects } = instanceLost(group, idOf(group), at(15));
    expect(effects).toEqual([]);
    const back = instanceOutOfStandby(ok(exitStandby(lost, [idOf(group)], at(20))).group, idOf(group), 21_000);
    expect(kinds(upkeep(back, at(22)))).toEqual(["terminate", "launch"]);
  });
});

test("whatever goes to Standby and back: active members equal desired, within the bounds", () => {
  const step = fc.record({ kind: fc.constantFrom("enter", "replace", "there", "exit", "out", "end"), pick: fc.nat(7) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let group = serving();
      let second = 10;
      for (const { kind, pick } of steps) {
        const instanceId = group.instances[pick % Math.max(1, group.instances.length)]?.id ?? "none";
        second += 1;
        if (kind === "there") group = instanceInStandby(group, instanceId, second * 1000);
        else if (kind === "out") group = instanceOutOfStandby(group, instanceId, second * 1000);
        else {
          const answer =
            kind === "exit"
              ? exitStandby(group, [instanceId], at(second))
              : kind === "end"
                ? terminateInstance(group, { instanceId, decrement: false }, at(second))
                : enterStandby(group, { instanceIds: [instanceId], decrement: kind === "enter" }, at(second));
          if (!("refused" in answer)) group = answer.group;
        }
        expect(activeInstances(group).length).toBe(group.desired);
        expect(group.desired).toBeGreaterThanOrEqual(group.min);
        expect(group.desired).toBeLessThanOrEqual(group.max);
      }
    }),
  );
});
