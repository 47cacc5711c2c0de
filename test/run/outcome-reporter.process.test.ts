import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestOutcome } from "./outcome.ts";
import { OUTCOME_FILE } from "./outcome-reporter.ts";

// vitest itself runs suites that are planted to fail in every way.

const root = path.resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(path.join(tmpdir(), "fleet-outcome-"));
const PLANTED = {
  "passes.test.ts": 'test("one", () => {}); describe("group", () => { test("two", () => {}); });',
  "fails.test.ts":
    'test("good", () => {}); describe("group", () => { test("bad", () => { throw new Error("no"); }); });',
  "before-all.test.ts": 'beforeAll(() => { throw new Error("no engine"); }); test("a", () => {}); test("b", () => {});',
  "inner.test.ts":
    'test("good", () => {}); test("bad", () => { throw new Error("no"); }); describe("inner", () => { beforeAll(() => { throw new Error("x"); }); test("c", () => {}); test.skip("d", () => {}); });',
  "after-all.test.ts": 'afterAll(() => { throw new Error("left"); }); test("e", () => {});',
  "import.test.ts": 'import "./no-such-file.ts"; test("f", () => {});',
  "skips.test.ts":
    'test.skip("g", () => {}); describe.skipIf(true)("h", () => { test("i", () => {}); }); test("j", () => {});',
  "late.test.ts":
    'test("k", () => { setTimeout(() => { throw new Error("late"); }, 1); return new Promise((r) => setTimeout(r, 50)); });',
};

let outcome: TestOutcome;
let code: unknown;

beforeAll(async () => {
  mkdirSync(path.join(folder, "test"));
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  writeFileSync(
    path.join(folder, "vitest.config.mjs"),
    "export default { test: { globals: true, watch: false, pool: 'threads', isolate: false, maxWorkers: 1 } };\n",
  );
  for (const [name, text] of Object.entries(PLANTED)) writeFileSync(path.join(folder, "test", name), text);
  const file = path.join(folder, "results/outcome.json");
  const reporter = `--reporter=${path.join(import.meta.dirname, "outcome-reporter.ts")}`;
  code = await new Promise((resolve) =>
    execFile(
      process.execPath,
      [path.join(root, "node_modules/vitest/vitest.mjs"), "run", reporter],
      // biome-ignore lint/style/noProcessEnv: vitest needs what every program needs
      { cwd: folder, env: { ...process.env, VITEST: undefined, [OUTCOME_FILE]: file } },
      (error) => resolve(error?.code ?? 0),
    ),
  );
  outcome = JSON.parse(readFileSync(file, "utf8")) as TestOutcome;
});
afterAll(() => rmSync(folder, { recursive: true }));

test("vitest ends with 1", () => expect(code).toBe(1));

test("tests that passed are counted, in files that failed, too", () => expect(outcome.passed).toBe(7));

test("failed tests are named with file and suite", () => {
  expect([...outcome.failed].sort()).toEqual(["test/fails.test.ts > group > bad", "test/inner.test.ts > bad"]);
});

test("a file or suite whose hook or import failed is named, also beside a failed test, with what did not run for it", () => {
  expect([...outcome.brokenSuites].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: "test/after-all.test.ts", unrun: 0 },
    { name: "test/before-all.test.ts", unrun: 2 },
    { name: "test/import.test.ts", unrun: 0 },
    { name: "test/inner.test.ts > inner", unrun: 2 },
  ]);
});

test("what was skipped on purpose is counted by file; what a broken hook kept from running is not among it", () => {
  expect(outcome.skipped).toEqual([{ file: "test/skips.test.ts", tests: 2 }]);
});

test("an error outside of every test is told", () => {
  expect(outcome.unhandled).toEqual(["late"]);
});
