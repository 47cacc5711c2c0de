import { expect, test } from "vitest";
import type { Plan, ResourceChange } from "../terraform/plan.ts";
import { changesOf } from "./changes.ts";

function planOf(type: string, change: ResourceChange["change"]): Plan {
  return { resource_changes: [{ address: `${type}.a`, mode: "managed", type, change }] };
}

test.each<[string, Plan, string[]]>([
  [
    "another value is named",
    planOf("aws_lb", { actions: ["update"], before: { a: 1, b: 1 }, after: { a: 1, b: 2 } }),
    ["aws_lb.a (update: b 1 → 2)"],
  ],
  ["so is what comes", planOf("aws_vpc", { actions: ["create"], before: null, after: {} }), ["aws_vpc.a (create: )"]],
  [
    "and what changes by what only the apply will know",
    planOf("aws_vpc", { actions: ["update"], before: { a: 1 }, after: {} }),
    ["aws_vpc.a (update: )"],
  ],
  ["what stays is no change", planOf("aws_vpc", { actions: ["no-op"], before: { a: 1 }, after: { a: 1 } }), []],
])("%s", (_rule, plan, expected) => {
  expect(changesOf(plan)).toEqual(expected);
});
