import type { RecordedDecision } from "@compose-fleet/wh-api";
import { describe, expect, test } from "vitest";
import { type Change, changeOfActivity, changeOfCommand, doubledActions, outsideBounds } from "./changes.ts";

const change = (target: string, from: number, to: number, atMs = 0): Change => ({
  id: `${atMs}`,
  atMs,
  target,
  from,
  to,
});
const decision = (target: string, from: number, to: number): RecordedDecision => ({
  id: `${target}${from}${to}`,
  atMs: 0,
  target,
  tick: 1,
  kind: "set-capacity",
  from,
  to,
  reason: { code: "load-needs-more", numbers: {} },
  text: "",
  receipts: [],
});

test.each<[string, string, [number, number] | undefined]>([
  [
    "a launch that somebody asked for",
    "At 2026-11-21T23:00:00Z a user request explicitly set group desired capacity changing the desired capacity from 2 to 3.  At 2026-11-21T23:00:00Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 2 to 3.",
    [2, 3],
  ],
  [
    "a scale-in that somebody asked for",
    "At 2026-11-21T23:00:00Z instance i-1 was taken out of service in response to a user request, shrinking the capacity from 3 to 2.",
    [3, 2],
  ],
  [
    "a termination with replacement changes no number",
    "At 2026-11-21T23:00:00Z instance i-1 was taken out of service in response to a user request.",
    undefined,
  ],
  [
    "what the group does by itself",
    "At 2026-11-21T23:00:00Z an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.",
    undefined,
  ],
])("cause of an activity: %s", (_rule, cause, expected) => {
  expect(changeOfActivity(5, cause).map(({ from, to }) => [from, to])).toEqual(
    expected === undefined ? [] : [expected],
  );
});

test("two launches of one call are one change", () => {
  const launch = (from: number) =>
    `At 2026-11-21T23:00:00Z a user request explicitly set group desired capacity changing the desired capacity from 2 to 4.  At 2026-11-21T23:00:00Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${from} to 4.`;
  const ids = [2, 3].flatMap((from) => changeOfActivity(5, launch(from)).map(({ id }) => id));
  expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
});

test.each<[string, string, [number, number] | undefined]>([
  ["a change", "service-a: 2 -> 5\n", [2, 5]],
  ["what was so already", "service-a: 5 -> 5\n", undefined],
  ["no output", "", undefined],
])("output of a command: %s", (_rule, output, expected) => {
  expect(changeOfCommand(5, "i-1", output).map(({ from, to }) => [from, to])).toEqual(
    expected === undefined ? [] : [expected],
  );
});

describe("doubled actions", () => {
  test.each<[string, Change[], RecordedDecision[], number]>([
    ["one change for one decision", [change("workers", 2, 3)], [decision("workers", 2, 3)], 0],
    [
      "the same change twice for one decision",
      [change("workers", 2, 3), change("workers", 2, 3, 1)],
      [decision("workers", 2, 3)],
      1,
    ],
    [
      "twice, each decided",
      [change("workers", 2, 3), change("workers", 2, 3, 1)],
      [decision("workers", 2, 3), { ...decision("workers", 2, 3), id: "x" }],
      0,
    ],
    ["one change whose record was lost", [change("workers", 2, 3)], [], 0],
    [
      "replicas carry their worker and service",
      [change("i-1/a", 1, 2), change("i-1/a", 1, 2, 1)],
      [decision("replicas/i-1/a", 1, 2)],
      1,
    ],
    ["the same numbers on two workers", [change("i-1/a", 1, 2), change("i-2/a", 1, 2)], [], 0],
  ])("%s", (_rule, changes, decisions, expected) => {
    expect(doubledActions(changes, decisions)).toBe(expected);
  });
});

test("bounds are those of the target, and inclusive", () => {
  const changes = [change("workers", 2, 1), change("workers", 3, 4), change("workers", 4, 5), change("i-1/a", 1, 6)];
  const boundsOf = (target: string) => (target === "workers" ? { min: 2, max: 4 } : { min: 1, max: 6 });
  expect(outsideBounds(changes, boundsOf)).toEqual({ belowMin: 1, aboveMax: 1 });
});
