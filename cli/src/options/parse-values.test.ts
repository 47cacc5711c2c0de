import { describe, expect, test } from "vitest";
import { parsePort, parsePositiveRate, parseRate, parseSeconds } from "./parse-values.ts";

describe("seconds", () => {
  test.each([
    ["90", 90],
    ["90s", 90],
    ["2m", 120],
    ["1m30s", 90],
    ["0.5s", 0.5],
    ["0", 0],
  ])("%s", (text, seconds) => {
    expect(parseSeconds(text)).toBe(seconds);
  });

  test.each(["", "s", "-1", "1h", "abc", "1e3", "90000", "Infinity"])("%j is refused", (text) => {
    expect(() => parseSeconds(text)).toThrow("Write a time");
  });
});

test.each(["", "-1", "x", "Infinity", "20001", " "])("rate %j is refused", (text) => {
  expect(() => parseRate(text)).toThrow("requests per second");
});

test("a load of nothing is refused where there has to be some", () => {
  expect(() => parsePositiveRate("0")).toThrow("more than 0");
  expect(parsePositiveRate("0.5")).toBe(0.5);
});

test.each(["", "0", "65536", "1.5", "-1", "0x10"])("port %j is refused", (text) => {
  expect(() => parsePort(text)).toThrow("1 to 65535");
});

test("what is in range is read", () => {
  expect([parseRate("0"), parseRate("12.5"), parsePort("18080")]).toEqual([0, 12.5, 18_080]);
});
