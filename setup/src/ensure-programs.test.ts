import { expect, test } from "vitest";
import { createFakeProgress } from "../../process/test/fake-progress.ts";
import { createFakeRunner } from "../../process/test/fake-runner.ts";
import { createFakeHost, debianPaths } from "../test/fake-host.ts";
import { ensurePrograms } from "./ensure-programs.ts";
import type { Host } from "./host.ts";
import { programs } from "./programs.ts";

function arrange(missing: readonly string[], facts: Partial<Host> = {}, paths: readonly string[] = debianPaths) {
  const runner = createFakeRunner([[/^apt-get/, ""]]);
  const progress = createFakeProgress();
  const host = createFakeHost(paths, { has: (name) => !missing.includes(name), ...facts });
  const actor = { isRoot: host.isRoot, say: progress.note };
  return { runner, progress, run: () => ensurePrograms({ runner, host, actor, progress }) };
}

const installed = programs.flatMap(({ name, origin }) => (origin.kind === "package" ? [{ name, ...origin }] : []));

test.each(installed)("$name that is missing is installed as $package, and said", async ({ name, package: pkg }) => {
  const { run, runner, progress } = arrange([name]);
  await run();
  expect(runner.ran).toEqual(["apt-get update -q", expect.stringMatching(new RegExp(`^apt-get .*install .* ${pkg}$`))]);
  expect(progress.said[0]).toContain(`going ahead: install the package ${pkg}`);
});

test("where everything is there nothing is run", async () => {
  const { run, runner } = arrange([]);
  await run();
  expect(runner.ran).toEqual([]);
});

test("what set-up does not bring is not installed", async () => {
  const { run, runner } = arrange(programs.flatMap(({ name, origin }) => (origin.kind === "absent" ? [name] : [])));
  await run();
  expect(runner.ran).toEqual([]);
});

test.each([
  ["a user who is not root gets the commands", { isRoot: false }, debianPaths, /sudo apt-get .*install .*git/],
  ["without apt-get the packages are named", {}, [], /git is missing.*Install git by this system's own means/],
] as const)("%s, and nothing is changed", async (_rule, facts, paths, message) => {
  const { run, runner } = arrange(["git"], facts, paths);
  await expect(run()).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  expect(runner.ran).toEqual([]);
});
