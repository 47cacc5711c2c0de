import { expect, test } from "vitest";
import { decision } from "../../../core/wh-api/test/examples.ts";
import { csvHead, csvLine } from "./decisions-csv.ts";

const cells = (change: object) => csvLine({ ...decision, ...change }).split(",");

test("there is a cell for each title", () => {
  expect(cells({ text: "plain" })).toHaveLength(csvHead.split(",").length);
});

test.each([
  ['say "no", then', '"say ""no"", then"'],
  ["two\nlines", '"two\nlines"'],
  ["=HYPERLINK(1)", "'=HYPERLINK(1)"],
  ["@cmd", "'@cmd"],
  ["it's 5 -> 6", "it's 5 -> 6"],
])("the text %j is one cell", (text, cell) => {
  expect(csvLine({ ...decision, text })).toContain(`,${cell},${decision.id}`);
});

test("a number below zero stays a number", () => {
  expect(cells({ from: -1 })[3]).toBe("-1");
});
