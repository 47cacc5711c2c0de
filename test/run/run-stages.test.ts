import { expect, test } from "vitest";
import type { TestOutcome } from "./outcome.ts";
import { runStages } from "./run-stages.ts";
import type { Stage } from "./stages.ts";

const passed: TestOutcome = { passed: 1, failed: [], brokenSuites: [], skipped: [], unhandled: [] };
const stage = (title: string, hasTests = false): Stage => ({ title, args: [title], hasTests });

async function run(list: readonly Stage[], codes: Record<string, number>, outcomes: Record<string, TestOutcome> = {}) {
  const ran: string[] = [];
  let nowMs = 0;
  const deps = {
    run: async ({ title }: Stage) => {
      ran.push(title);
      nowMs += 2_400;
      return codes[title] ?? 0;
    },
    readOutcome: ({ title }: Stage) => outcomes[title],
    say: () => undefined,
    nowMs: () => nowMs,
    isInterrupted: () => ran.includes("interrupted"),
  };
  return { ended: await runStages(list, deps), ran };
}

test("stages go on after one failed", async () => {
  const { ended, ran } = await run([stage("lint"), stage("types"), stage("unit", true)], { lint: 1 }, { unit: passed });
  expect(ran).toEqual(["lint", "types", "unit"]);
  expect(ended.map(({ title, ok, seconds }) => [title, ok, seconds])).toEqual([
    ["lint", false, 2],
    ["types", true, 2],
    ["unit", true, 2],
  ]);
  expect(ended[2]?.tests).toEqual(passed);
});

test("tests that leave no outcome have not passed, whatever they ended with", async () => {
  const { ended } = await run([stage("unit", true)], {});
  expect(ended).toEqual([{ title: "unit", ok: false, seconds: 2 }]);
});

test("tests that passed do not make up for an exit code", async () => {
  const { ended } = await run([stage("unit", true)], { unit: 1 }, { unit: passed });
  expect(ended).toEqual([{ title: "unit", ok: false, seconds: 2, tests: passed }]);
});

test("an interrupted stage is the last", async () => {
  const { ended, ran } = await run([stage("interrupted"), stage("types")], {});
  expect([ran, ended]).toEqual([["interrupted"], []]);
});
