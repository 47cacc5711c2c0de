import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { NeedSource } from "../src/needs/need.ts";
import { foreseenNeedSources, needSources } from "../src/needs/workers-need.ts";
import { replicaNeedSources } from "../src/replica-needs/replicas-need.ts";
import { replicasPolicy } from "../src/replicas/decide-replicas.ts";
import type { Spoken } from "../src/rules/rule.ts";
import { workerPolicy } from "../src/workers/decide-workers.ts";

const page = readFileSync(new URL("../../../docs/policy.md", import.meta.url), "utf8");

/** The numbered list below a heading of the page. */
function listBelow(heading: string): readonly string[] {
  const after = page.split(`\n${heading}\n`)[1] ?? "";
  const lines = after.split(/\n#/)[0]?.split("\n") ?? [];
  return lines.filter((line) => /^\d+\. /.test(line));
}

const numbered = (rules: readonly Spoken[]) =>
  rules.map(({ name, says }, index) => `${index + 1}. \`${name}\`: ${says}`);

const asNeeds = (sources: readonly Pick<NeedSource, "name" | "says">[]) =>
  sources.map(({ name, says }, index) => `${index + 1}. by ${name}: ${says}`);

test.each([
  ["### Workers", numbered(workerPolicy)],
  ["### Replicas", numbered(replicasPolicy)],
  ["### Needs", asNeeds(needSources)],
  ["### Needs of replicas", asNeeds(replicaNeedSources)],
  ["### The need with foresight", asNeeds(foreseenNeedSources)],
])("docs/policy.md prints the list below %s", (heading, expected) => {
  expect(listBelow(heading)).toEqual(expected);
});
