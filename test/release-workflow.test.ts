import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { loadFleetFile } from "@compose-fleet/files";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { githubRoleName } from "../infra/src/constructs/github-roles.ts";
import { BootstrapStack } from "../infra/src/stacks/bootstrap-stack.ts";
import { synthStack } from "../infra/src/testing/synth.ts";

// What GitHub may do on AWS hangs on names in two places: the role that infra makes, and the workflow that takes it.

const root = path.resolve(import.meta.dirname, "..");
const folder = path.join(root, ".github/workflows");
const texts = readdirSync(folder).map((file) => [file, readFileSync(path.join(folder, file), "utf8")] as const);
const text = Object.fromEntries(texts)["release.yml"] ?? "";
const workflow = parse(text);
const credentials = workflow.jobs.release.steps.find(({ uses = "" }) => uses.startsWith("aws-actions/"));

/** An expression of GitHub's own. */
const githubs = (expression: string) => `$\{{ ${expression} }}`;

test.each(texts)("%s takes actions by their commit, whose version a comment says", (_file, content) => {
  const uses = content.split("\n").filter((line) => line.includes("uses:"));
  expect(uses.length).toBeGreaterThan(0);
  for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

const fleet = await loadFleetFile(path.join(root, "fleet.yaml"));

describe("the release workflow", () => {
  const github = {
    branch: "main",
    createProvider: true,
    infrastructure: false,
    repository: "shop/fleet",
    ...fleet.deploy.github,
  };
  const config = { ...fleet, deploy: { account: "123456789012", ...fleet.deploy, github } };
  const role = synthStack((app) => new BootstrapStack(app, config)).one("aws_iam_role");

  // What the script of that step prints: release-workflow.process.test.ts.
  test("takes the role that infra makes, in the fleet's region, whatever fleet it is", () => {
    expect(credentials.with["role-to-assume"]).toBe(
      `arn:aws:iam::${githubs("vars.AWS_ACCOUNT")}:role/${githubs("steps.fleet.outputs.role")}`,
    );
    expect(credentials.with["aws-region"]).toBe(githubs("steps.fleet.outputs.region"));
    expect(role.name).toBe(githubRoleName("deploy", fleet));
  });
  test("for no longer than the role allows", () => {
    expect(credentials.with["role-duration-seconds"]).toBeLessThanOrEqual(Number(role.max_session_duration));
  });
  test("runs on the only branch that may take it, and names no environment, which would change who it is", () => {
    expect(role.assume_role_policy).toContain(`:ref:refs/heads/${workflow.on.push.branches[0]}"`);
    expect(workflow.on.push.branches).toHaveLength(1);
    expect(workflow.jobs.release.environment).toBeUndefined();
  });
  test("has no stored key", () => {
    expect(text).not.toMatch(/secrets\.|aws-access-key-id|aws-secret-access-key/);
  });
  test("gives only the job that releases a token of its identity, after the tests", () => {
    expect(workflow.permissions).toEqual({});
    expect(workflow.jobs.test.permissions).toEqual({ contents: "read" });
    expect(workflow.jobs.release.permissions).toEqual({ contents: "read", "id-token": "write" });
    expect(workflow.jobs.release.needs).toBe("test");
  });
  test("releases one commit after the other", () => {
    expect(workflow.concurrency).toEqual({ group: "release", "cancel-in-progress": false });
  });
});
