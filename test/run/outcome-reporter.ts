import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite, Vitest } from "vitest/node";
import type { TestOutcome } from "./outcome.ts";

/** The environment variable that names the file for the outcome. */
export const OUTCOME_FILE = "FLEET_TEST_OUTCOME";

/** A vitest reporter that writes a `TestOutcome`. vitest's own JSON does not tell a suite whose hook failed from one that was skipped. */
export default class OutcomeReporter implements Reporter {
  private root = "";

  onInit(vitest: Vitest): void {
    this.root = vitest.config.root;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    // biome-ignore lint/style/noProcessEnv: vitest makes its reporters itself, without arguments
    const file = process.env[OUTCOME_FILE];
    if (file === undefined) throw new Error(`set ${OUTCOME_FILE} to the file that the outcome goes to`);
    const outcome = outcomeOf(modules, unhandled, (module) => path.relative(this.root, module.moduleId));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(outcome));
  }
}

function outcomeOf(
  modules: readonly TestModule[],
  unhandled: readonly SerializedError[],
  fileOf: (module: TestModule) => string,
): TestOutcome {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const named = (entity: TestCase | TestSuite) => `${fileOf(entity.module)} > ${entity.fullName}`;
  const broken = [
    ...modules.filter((module) => module.errors().length > 0).map((module) => [fileOf(module), module] as const),
    ...modules
      .flatMap((module) => [...module.children.allSuites()])
      .filter((suite) => suite.errors().length > 0)
      .map((suite) => [named(suite), suite] as const),
  ];
  const unrunOf = (entity: TestModule | TestSuite) =>
    [...entity.children.allTests()].filter((test) => test.result().state === "skipped");
  const unrun = new Set(broken.flatMap(([, entity]) => unrunOf(entity)));
  const skipped = new Map<string, number>();
  for (const test of tests) {
    if (test.result().state !== "skipped" || unrun.has(test)) continue;
    skipped.set(fileOf(test.module), (skipped.get(fileOf(test.module)) ?? 0) + 1);
  }
  return {
    passed: tests.filter((test) => test.result().state === "passed").length,
    // One that never came to its end has not passed.
    failed: tests.filter((test) => /failed|pending/.test(test.result().state)).map(named),
    brokenSuites: broken.map(([name, entity]) => ({ name, unrun: unrunOf(entity).length })),
    skipped: [...skipped].map(([file, count]) => ({ file, tests: count })),
    unhandled: unhandled.map(({ message }) => message.split("\n")[0] ?? ""),
  };
}
