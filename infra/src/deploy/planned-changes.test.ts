import { expect, test } from "vitest";
import type { Plan, ResourceChange } from "../terraform/plan.ts";
import { changesAnything, plannedChanges, summaryLines } from "./planned-changes.ts";

const resource = (address: string, change: ResourceChange["change"], more: Partial<ResourceChange> = {}) => ({
  address,
  mode: "managed" as const,
  type: address.split(".")[0] ?? "",
  change,
  ...more,
});
const linesOf = (...changes: ResourceChange[]) => summaryLines(plannedChanges({ resource_changes: changes }));

test("each change is a line, and their numbers are the last", () => {
  expect(
    linesOf(
      resource("aws_vpc.a", { actions: ["create"], after: { cidr: "x" } }),
      resource("aws_vpc.same", { actions: ["no-op"] }),
      resource("data.aws_vpc.read", { actions: ["read"] }, { mode: "data" }),
      resource("aws_launch_template.b", {
        actions: ["update"],
        before: { name: "b", user_data: "secret-1", tags: { a: "1" } },
        after: { name: "b", user_data: "secret-2", tags: { a: "1" } },
        after_unknown: { latest_version: true, tags: { a: false } },
      }),
      resource("aws_instance.c", { actions: ["delete", "create"], replace_paths: [["launch_template", 0, "version"]] }),
      resource("aws_sqs_queue.d", { actions: ["delete"] }),
    ),
  ).toEqual([
    "  + aws_vpc.a",
    "  ~ aws_launch_template.b: user_data, latest_version",
    "  ± aws_instance.c: launch_template",
    "  - aws_sqs_queue.d",
    "1 to create, 1 to change, 1 to make anew, 1 to destroy",
  ]);
});

test.each([
  ["destroyed", ["delete"]],
  ["made anew", ["create", "delete"]],
] as const)("data that would be lost when its resource is %s is pointed at", (_word, actions) => {
  for (const type of ["aws_ebs_volume", "aws_dynamodb_table", "aws_s3_bucket"])
    expect(linesOf(resource(`${type}.x`, { actions: [...actions] }))[0]).toContain("its data goes with it");
  expect(linesOf(resource("aws_instance.x", { actions: [...actions] }))[0]).not.toContain("data");
});

test("what is made anew because somebody asked for it says so", () => {
  const [line] = linesOf(
    resource("aws_instance.c", { actions: ["delete", "create"] }, { action_reason: "replace_by_request" }),
  );
  expect(line).toBe("  ± aws_instance.c: asked for");
});

test.each<[string, Plan, boolean]>([
  ["nothing", { resource_changes: [resource("aws_vpc.a", { actions: ["no-op"] })] }, false],
  ["an output alone", { output_changes: { next: { actions: ["update"] }, same: { actions: ["no-op"] } } }, true],
  ["a resource", { resource_changes: [resource("aws_vpc.a", { actions: ["update"] })] }, true],
])("what an apply would record: %s", (_what, plan, expected) => {
  expect(changesAnything(plan)).toBe(expected);
});
