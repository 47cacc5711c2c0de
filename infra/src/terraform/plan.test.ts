import { expect, test } from "vitest";
import { changedAddresses, type Plan, type ResourceChange, withExpressions } from "./plan.ts";

const change = (
  address: string,
  actions: ResourceChange["change"]["actions"],
  after: object | null = {},
): ResourceChange => ({
  address,
  mode: "managed",
  type: address.split(".")[0] ?? "",
  change: { actions, after: after as Record<string, unknown> | null },
});

test("what only the apply will know is filled in as the stack says it, what the plan knows stays", () => {
  const plan: Plan = { resource_changes: [change("aws_sqs_queue.a", ["create"], { name: "known", policy: null })] };
  const stack = { resource: { aws_sqs_queue: { a: { name: "written", policy: "<b.arn>", kms: "<k>" } } } };
  expect(withExpressions(plan, stack).resource_changes?.[0]?.change.after).toEqual({
    name: "known",
    policy: "<b.arn>",
    kms: "<k>",
  });
});

test("what is deleted stays deleted", () => {
  const plan: Plan = { resource_changes: [change("aws_vpc.a", ["delete"], null)] };
  expect(withExpressions(plan, { resource: { aws_vpc: { a: { x: 1 } } } })).toEqual(plan);
});

test("changes are what would be created, updated or deleted, not what is read or stays", () => {
  expect(
    changedAddresses({
      resource_changes: [
        change("a.stays", ["no-op"]),
        change("a.read", ["read"]),
        change("a.new", ["create"]),
        change("a.replaced", ["delete", "create"]),
      ],
    }),
  ).toEqual(["a.new", "a.replaced"]);
});
