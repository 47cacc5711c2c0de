import { expect, test } from "vitest";
import { readDeployRequest } from "./deploy-request.ts";

test("without arguments the fleet is deployed, and somebody asked", () => {
  expect(readDeployRequest([], true)).toEqual({
    verb: "deploy",
    stacks: ["fleet"],
    replace: [],
    approved: false,
    json: false,
  });
});

test("everything that can be said", () => {
  expect(readDeployRequest(["budget", "fleet", "--plan", "--json", "--replace", "monitoring"], false)).toEqual({
    verb: "plan",
    stacks: ["budget", "fleet"],
    replace: ["monitoring"],
    approved: false,
    json: true,
  });
});

test.each([
  ["a stack that there is none of", ["flet"], "Got flet: the stacks are bootstrap, fleet, budget, dns."],
  ["a look that destroys", ["--plan", "--destroy"], "choose one"],
  ["something else made anew", ["--replace", "workers"], "what can be made anew is monitoring. Workers are replaced"],
  ["an empty name", ["--replace", ""], "what can be made anew is monitoring"],
  ["a name of JavaScript's own", ["--replace", "constructor"], "what can be made anew is monitoring"],
  [
    "something made anew that goes",
    ["--replace", "monitoring", "--destroy"],
    "for deploying or planning the stack fleet",
  ],
  ["something made anew in a stack that is not deployed", ["budget", "--replace", "monitoring"], "the stack fleet"],
])("refused: %s", (_what, args, sentence) => {
  expect(readDeployRequest(args, true)).toContain(sentence);
});

test.each([
  ["a deployment", [], false],
  ["a destruction", ["--destroy"], false],
  ["a look", ["--plan"], true],
  ["consent given before", ["--yes"], true],
])("without a terminal: %s", (_what, args, goesOn) => {
  expect(typeof readDeployRequest(args, false)).toBe(goesOn ? "object" : "string");
});

test.each([["--diff"], ["--yes=no"], ["--replace"]])("an option that there is none of, or half of one: %s", (arg) => {
  expect(() => readDeployRequest([arg], true)).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^ERR_PARSE_ARGS/) }),
  );
});
