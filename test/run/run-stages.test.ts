import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import config from "../../vitest.config.ts";
import { LONGEST } from "./longest-first.ts";
import type { TestOutcome } from "./outcome.ts";
import { runStages } from "./run-stages.ts";
import { type Stage, stages } from "./stages.ts";

const passed: TestOutcome = { passed: 1, failed: [], brokenSuites: [], skipped: [], unhandled: [] };
const stage = (title: string, hasTests = false): Stage => ({
  title,
  args: [title],
  hasTests,
  yields: false,
});

async function run(
  rows: readonly (readonly Stage[])[],
  codes: Record<string, number>,
  outcomes: Record<string, TestOutcome> = {},
) {
  const ran: string[] = [];
  const said: string[] = [];
  let nowMs = 0;
  const deps = {
    run: async ({ title }: Stage, output: "told" | "kept") => {
      ran.push(title);
      nowMs += 2_400;
      if (output === "kept") return { code: codes[title] ?? 0, kept: `${title} says so\n` };
      // As slow as anything: whatever runs beside it has ended.
      await new Promise((resolve) => setImmediate(resolve));
      said.push(`${title} speaks`);
      return { code: codes[title] ?? 0, kept: "" };
    },
    readOutcome: ({ title }: Stage) => outcomes[title],
    say: (line: string) => void said.push(line),
    nowMs: () => nowMs,
    isInterrupted: () => ran.includes("interrupted"),
  };
  return { ended: await runStages(rows, deps), ran, said };
}

test("stages go on after one failed", async () => {
  const rows = [[stage("lint")], [stage("types")], [stage("unit", true)]];
  const { ended, ran } = await run(rows, { lint: 1 }, { unit: passed });
  expect(ran).toEqual(["lint", "types", "unit"]);
  expect(ended.map(({ title, ok, seconds }) => [title, ok, seconds])).toEqual([
    ["lint", false, 2],
    ["types", true, 2],
    ["unit", true, 2],
  ]);
  expect(ended[2]?.tests).toEqual(passed);
});

test("those of a row run at once, and each is told as a whole, in the order of the list", async () => {
  const rows = [[stage("set-up"), stage("lint"), stage("types")], [stage("unit", true)]];
  const { ended, said } = await run(rows, { lint: 1 }, { unit: passed });
  expect(said.map((line) => line.replace(/ \(\d+ s\)/, ""))).toEqual([
    "\n== set-up",
    "set-up speaks",
    "-- set-up: ok",
    "\n== lint",
    "lint says so",
    "-- lint: FAILED",
    "\n== types",
    "types says so",
    "-- types: ok",
    "\n== unit",
    "unit speaks",
    "-- unit: ok",
  ]);
  expect(ended.map(({ title, ok }) => [title, ok])).toEqual([
    ["set-up", true],
    ["lint", false],
    ["types", true],
    ["unit", true],
  ]);
});

test("tests that leave no outcome have not passed, whatever they ended with", async () => {
  const { ended } = await run([[stage("unit", true)]], {});
  expect(ended).toEqual([{ title: "unit", ok: false, seconds: 2 }]);
});

test("tests that passed do not make up for an exit code", async () => {
  const { ended } = await run([[stage("unit", true)]], { unit: 1 }, { unit: passed });
  expect(ended).toEqual([{ title: "unit", ok: false, seconds: 2, tests: passed }]);
});

test("an interrupted stage is the last, and so are those beside it", async () => {
  const { ended, ran } = await run([[stage("interrupted"), stage("types")], [stage("unit", true)]], {});
  expect([ran, ended]).toEqual([["interrupted", "types"], []]);
});

test("every stage has a title of its own, and tests that share a row yield to the one that measures", () => {
  expect(new Set(stages.flat().map(({ title }) => title)).size).toBe(stages.flat().length);
  for (const [first, ...others] of stages) {
    expect(first?.yields).toBe(false);
    for (const other of others) expect(other.yields, other.title).toBe(other.hasTests);
  }
});

test("every vitest project is in a stage", () => {
  const projects = config.test?.projects?.map((project) => (project as { test: { name: string } }).test.name);
  const run = stages.flat().flatMap(({ args }) => args.filter((_, index) => args[index - 1] === "--project"));
  expect(run.toSorted()).toEqual(projects?.toSorted());
});

test.each(LONGEST)("%s, which is to begin first, is there", (file) => {
  expect(existsSync(path.resolve(import.meta.dirname, "../..", file))).toBe(true);
});
