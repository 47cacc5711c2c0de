import { expect, test } from "vitest";
import { createFakeProgress } from "../../process/test/fake-progress.ts";
import { createFakeRunner } from "../../process/test/fake-runner.ts";
import { createFakeHost, debianPaths } from "../test/fake-host.ts";
import { ensurePrograms } from "./ensure-programs.ts";
import type { Host } from "./host.ts";
import { programs } from "./programs.ts";

function arrange(
  missing: readonly string[],
  facts: Partial<Host> = {},
  paths: readonly string[] = debianPaths,
  candidate = "Candidate: 1.0",
) {
  const runner = createFakeRunner([
    [/^apt-get/, ""],
    [/^apt-cache policy/, candidate],
  ]);
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

const chromium = (facts: Partial<Host>, paths: readonly string[], candidate?: string) =>
  arrange(["chromium"], facts, paths, candidate);

test("an extra is installed in the same call as the rest", async () => {
  const { run, runner } = arrange(["git", "chromium"]);
  await run();
  expect(runner.ran).toEqual([
    "apt-get update -q",
    "apt-cache policy chromium",
    expect.stringMatching(/^apt-get .*install .* git chromium$/),
  ]);
});

test.each([
  ["for who is not root", { isRoot: false }, debianPaths, []],
  ["without apt", {}, [], []],
  ["on Ubuntu, whose apt has a snap", {}, [...debianPaths, "/etc/dpkg/origins/ubuntu"], []],
] as const)("where an extra cannot be had (%s), set-up goes on without", async (_where, facts, paths, ran) => {
  const { run, runner } = chromium(facts, paths);
  await run();
  expect(runner.ran).toEqual(ran);
});

test("an extra that this apt does not know is left out, and the rest is installed", async () => {
  const { run, runner } = arrange(["git", "chromium"], {}, debianPaths, "Candidate: (none)");
  await run();
  expect(runner.ran.at(-1)).toMatch(/install .* git$/);
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
