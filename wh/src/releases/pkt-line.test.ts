import { expect, test } from "vitest";
import { pktLine, readPktLines } from "./pkt-line.ts";

test("a line says its own length", () => {
  expect(pktLine("command=ls-refs\n")).toBe("0014command=ls-refs\n");
});

test("what was written is read; flush and delimiter are no lines", () => {
  expect(readPktLines(`${pktLine("one\n")}0001${pktLine("two")}0000`)).toEqual(["one", "two"]);
  expect(readPktLines("")).toEqual([]);
});

test.each([
  ["a page of HTML", "<!doctype html>"],
  ["a line that ends early", "0014command"],
  ["a length below its own", "0003"],
])("%s is refused", (_rule, answer) => {
  expect(() => readPktLines(answer)).toThrow(/not Git's protocol/);
});
