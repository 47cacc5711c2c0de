import { expect, test } from "vitest";
import type { Command, CommandResult } from "./run-command.ts";
import { createTerraform, TerraformError } from "./terraform.ts";

/** Terraform that prints this for each subcommand, and what it was asked. */
function fakeTerraform(
  answers: Readonly<Record<string, Partial<CommandResult>>>,
  { mirror, locked = true }: { readonly mirror?: string | undefined; readonly locked?: boolean } = {},
) {
  const asked: Command[] = [];
  const terraform = createTerraform({
    run: async (command) => {
      asked.push(command);
      return { exitCode: 0, stdout: "", stderr: "", ...answers[command.args[0] ?? ""] };
    },
    folder: "/stack",
    mirror,
    locked,
    env: { PATH: "/bin" },
  });
  return { terraform, asked };
}

test.each([
  ["from a mirror", { mirror: "/mirror" }, {}, ["init", "-no-color", "-lockfile=readonly", "-plugin-dir=/mirror"]],
  ["from the registry, and is the one whose sums are committed", {}, {}, ["init", "-no-color", "-lockfile=readonly"]],
  ["as it is where no sums are committed", { locked: false }, {}, ["init", "-no-color"]],
  [
    "as ever while the state moves",
    {},
    { moveState: true },
    ["init", "-no-color", "-lockfile=readonly", "-migrate-state", "-force-copy"],
  ],
])("the provider comes %s", async (_rule, deps, options, args) => {
  const { terraform, asked } = fakeTerraform({}, deps);
  await terraform.init(options);
  expect(asked[0]).toMatchObject({
    file: "terraform",
    args,
    cwd: "/stack",
    env: { PATH: "/bin", CHECKPOINT_DISABLE: "1" },
  });
});

test("a failure carries Terraform's own words", async () => {
  const diagnostic = { severity: "error", summary: "Invalid CIDR", detail: "must be\n a block", address: "aws_vpc.a" };
  const { terraform } = fakeTerraform({
    plan: { exitCode: 1, stdout: JSON.stringify({ type: "diagnostic", diagnostic }) },
  });
  await expect(terraform.plan()).rejects.toThrow(
    new TerraformError("terraform plan failed in /stack:\nerror: aws_vpc.a: Invalid CIDR: must be a block"),
  );
});

test("a failure before Terraform writes JSON does too", async () => {
  const { terraform } = fakeTerraform({ init: { exitCode: 1, stderr: "Error: Failed to query\n" } });
  await expect(terraform.init()).rejects.toThrow("terraform init failed in /stack:\nError: Failed to query");
});

test("a plan comes with the warnings of planning", async () => {
  const diagnostic = { severity: "warning", summary: "Deprecated" };
  const { terraform } = fakeTerraform({
    plan: { stdout: JSON.stringify({ type: "diagnostic", diagnostic }) },
    show: { stdout: JSON.stringify({ resource_changes: [] }) },
  });
  expect(await terraform.plan()).toEqual({ plan: { resource_changes: [] }, diagnostics: [diagnostic] });
});
