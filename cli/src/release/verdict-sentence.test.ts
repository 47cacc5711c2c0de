import { expect, test } from "vitest";
import { askFirst } from "./ask-first.ts";
import type { RollOutResult } from "./roll-out-result.ts";
import { tellOutcome, tellUploaded } from "./tell-outcome.ts";

const result = (change: Partial<RollOutResult>): RollOutResult => ({
  kind: "workers",
  revision: "bbbbbbbbbbbb-222222222222",
  status: "succeeded",
  cause: null,
  deployments: ["d-1"],
  backAt: null,
  ...change,
});
const told = (results: readonly RollOutResult[], options = {}) => {
  const lines: string[] = [];
  let error: unknown;
  try {
    tellOutcome((line) => lines.push(line), options, results, { commit: "b" });
  } catch (caught) {
    error = caught;
  }
  return { lines, error };
};

test("what went well is a line", () => {
  expect(told([result({})])).toEqual({
    lines: ["workers: every machine runs bbbbbbbbbbbb-222222222222."],
    error: undefined,
  });
});

test.each([
  ["back at the former revision", "aaaaaaaaaaaa-111111111111", "Every machine is back at aaaaaaaaaaaa-111111111111."],
  ["nowhere to go back to", null, "There is no earlier revision that they could all go back to"],
])("what failed names its cause and where the machines are: %s", (_rule, backAt, end) => {
  const { lines, error } = told([result({ status: "failed", cause: "i-1: AfterInstall failed", backAt })]);
  expect(lines).toEqual([]);
  expect(error).toMatchObject({
    exitCode: 1,
    message: expect.stringContaining("workers: bbbbbbbbbbbb-222222222222 failed: i-1: AfterInstall failed"),
  });
  expect(String(error)).toContain(end);
});

test("as JSON it is one document, also when it failed", () => {
  const { lines, error } = told([result({ status: "failed", cause: "why" })], { json: true });
  expect(JSON.parse(lines.join("\n"))).toMatchObject({ status: "failed", commit: "b", results: [{ cause: "why" }] });
  expect(error).toMatchObject({ exitCode: 1 });
});

test.each([
  ["a line for each kind", {}, "workers: bbbbbbbbbbbb-222222222222 is uploaded; nothing was deployed."],
  [
    "one document as JSON",
    { json: true },
    JSON.stringify({ status: "uploaded", commit: "b", revisions: { workers: "bbbbbbbbbbbb-222222222222" } }, null, 2),
  ],
])("what was only uploaded is told: %s", (_rule, options, expected) => {
  const lines: string[] = [];
  tellUploaded(
    (line) => lines.push(line),
    options,
    { workers: { revision: "bbbbbbbbbbbb-222222222222" } },
    { commit: "b" },
  );
  expect(lines).toEqual([expected]);
});

const context = (ask?: (question: string) => Promise<boolean>) => ({
  machine: { actor: { isRoot: false, say: () => {}, ...(ask === undefined ? {} : { ask }) } } as never,
});

test.each([
  ["nobody is there to ask", undefined, /say --yes/],
  ["the person says no", async () => false, /^Nothing was changed\.$/],
])("on AWS it does not begin when %s", async (_rule, ask, sentence) => {
  await expect(askFirst(context(ask), {}, {}, "Release?")).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(sentence),
  });
});

test("it begins when told not to ask, on this machine, and at a yes", async () => {
  await askFirst(context(), {}, { yes: true }, "Release?");
  await askFirst(context(), { local: { nodeImage: "n", mtailImage: "m", standIns: {} } }, {}, "Release?");
  await askFirst(
    context(async () => true),
    {},
    {},
    "Release?",
  );
});
