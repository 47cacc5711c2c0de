import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { loadFleetFile } from "@compose-fleet/files";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { githubRoleName } from "../infra/src/constructs/github-roles.ts";

const root = path.resolve(import.meta.dirname, "..");

test("the release workflow's step reads the role and the region out of the fleet file", async () => {
  const workflow = parse(readFileSync(path.join(root, ".github/workflows/release.yml"), "utf8"));
  const [step] = workflow.jobs.release.steps.filter(({ id = "" }) => id === "fleet");
  const [, script = ""] = /^npx tsx (\S+) >> "\$GITHUB_OUTPUT"$/.exec(step.run) ?? [];
  const printed = execFileSync(process.execPath, ["--import", "tsx", script], { cwd: root, encoding: "utf8" });
  const fleet = await loadFleetFile(path.join(root, "fleet.yaml"));
  expect(printed).toBe(`role=${githubRoleName("deploy", fleet)}\nregion=${fleet.region}\n`);
});
