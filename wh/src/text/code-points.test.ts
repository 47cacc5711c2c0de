import fc from "fast-check";
import { expect, test } from "vitest";
import { firstOf, lastOf, wellFormed } from "./code-points.ts";

/** Any but halves of surrogate pairs. fast-check's own (`unit: "binary"`) first makes a table of all million of them. */
const codePoint = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((value) => String.fromCodePoint(value));

const text = fc.string({ unit: codePoint, maxLength: 60 }).map((part) => `${part}😀🏳️‍🌈é${part}`);
const isWellFormed = (value: string) => !/[\ud800-\udfff]/u.test(value);

test("cuts are within the limit, at code points, and take the beginning or the end", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 80 }), (value, limit) => {
      const [first, last] = [firstOf(value, limit), lastOf(value, limit)];
      expect(first.length).toBeLessThanOrEqual(limit);
      expect(last.length).toBeLessThanOrEqual(limit);
      expect(value.startsWith(first.replace(/…$/, "")) && value.endsWith(last)).toBe(true);
      expect(isWellFormed(first) && isWellFormed(last)).toBe(true);
      if (value.length <= limit) expect([first, last]).toEqual([value, value]);
    }),
  );
});

test("any text becomes one that every API takes", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const formed = wellFormed(String.fromCharCode(...units));
      expect(isWellFormed(formed)).toBe(true);
      expect([...formed].every((character) => character >= " " || "\n\t".includes(character))).toBe(true);
    }),
  );
  expect(wellFormed("a\ud83d b 😀\r\nc\u0000")).toBe("a\ufffd b 😀\nc ");
});
