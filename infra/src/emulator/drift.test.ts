import { expect, test } from "vitest";
import type { Plan, ResourceChange } from "../terraform/plan.ts";
import { unexplainedDrift } from "./drift.ts";

const allowed = [{ type: "aws_lb", attributes: ["subnet_mapping"], why: "moto forgets the addresses" }];

function planOf(type: string, change: ResourceChange["change"]): Plan {
  return { resource_changes: [{ address: `${type}.a`, mode: "managed", type, change }] };
}

test.each<[string, Plan, string[]]>([
  [
    "an allowed attribute is explained",
    planOf("aws_lb", { actions: ["update"], before: { subnet_mapping: [] }, after: { subnet_mapping: [1] } }),
    [],
  ],
  [
    "another of the same resource is not",
    planOf("aws_lb", { actions: ["update"], before: { internal: true }, after: { internal: false } }),
    ["aws_lb.a (update: internal)"],
  ],
  [
    "nor the same of another",
    planOf("aws_vpc", { actions: ["update"], before: { subnet_mapping: [] }, after: { subnet_mapping: [1] } }),
    ["aws_vpc.a (update: subnet_mapping)"],
  ],
  [
    "nor that something is gone",
    planOf("aws_vpc", { actions: ["create"], before: null, after: {} }),
    ["aws_vpc.a (create: )"],
  ],
  ["what stays is none", planOf("aws_vpc", { actions: ["no-op"], before: { a: 1 }, after: { a: 1 } }), []],
])("%s", (_rule, plan, unexplained) => {
  expect(unexplainedDrift(plan, allowed)).toEqual(unexplained);
});
