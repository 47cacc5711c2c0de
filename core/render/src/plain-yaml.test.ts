import { expect, test } from "vitest";
import { parse } from "yaml";
import { plainYaml } from "./plain-yaml.ts";

test.each([
  ["\u0085", "a next line"],
  ["\u2028", "a line separator"],
  ["\u2029", "a paragraph separator"],
  ["\ufeff", "a byte order mark"],
  ["\u009f", "a control character"],
  ["\u007f", "delete"],
])("%j, %s, is written as a number, as key and as value", (unseen) => {
  const content = { [`a${unseen}b`]: `it's "c${unseen}\\d"`, plain: [unseen] };
  const text = plainYaml(content);
  expect(text).not.toContain(unseen);
  expect(parse(text)).toEqual(content);
});

test("what every reader reads alike is left as it is", () => {
  expect(plainYaml({ a: "é 😀", b: "it's" })).toBe("a: é 😀\nb: it's\n");
});
