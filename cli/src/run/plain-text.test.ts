import fc from "fast-check";
import { expect, test } from "vitest";
import { plainText, showsUtf8 } from "./plain-text.ts";

test.each<[boolean, Record<string, string>]>([
  [true, { LANG: "C.UTF-8" }],
  [true, { LANG: "de_DE.utf8" }],
  [true, { LC_ALL: "en_US.UTF-8", LANG: "C" }],
  [false, { LC_ALL: "C", LANG: "en_US.UTF-8" }],
  [false, { LC_ALL: "", LANG: "POSIX" }],
  [false, { LC_CTYPE: "de_DE.ISO-8859-1" }],
  [false, {}],
])("shows UTF-8: %s with %o", (isSo, env) => {
  expect(showsUtf8(env)).toBe(isSo);
});

test("marks keep their meaning", () => {
  expect(plainText("✓ Images: 3 → 5 …")).toBe("ok Images: 3 -> 5 ...");
});

test("whatever is said, only ASCII is left, and ASCII stays as it is", () => {
  const codePoint = fc.integer({ min: 0, max: 0x10_ffff }).map((code) => String.fromCodePoint(code));
  const ascii = fc.integer({ min: 0, max: 0x7f }).map((code) => String.fromCharCode(code));
  const textOf = (unit: fc.Arbitrary<string>) => fc.array(unit).map((units) => units.join(""));
  fc.assert(fc.property(textOf(codePoint), (text) => /^\p{ASCII}*$/u.test(plainText(text))));
  fc.assert(fc.property(textOf(ascii), (text) => plainText(text) === text));
});
