import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { generateSecret, secretValue } from "./secret-value.ts";

test.each([
  ["the line end that echo adds is not part of it", "s3cret\n", "s3cret"],
  ["nor the one of Windows", "s3cret\r\n", "s3cret"],
  ["blanks are", " a b ", " a b "],
  ["quotes and dollars are", `'"$x\``, `'"$x\``],
])("%s", (_rule, input, value) => {
  expect(secretValue(input)).toBe(value);
});

test.each([
  ["nothing", "", "Got no value"],
  ["an empty line", "\n", "Got no value"],
  ["two lines", "hunter2\nhunter3\n", "line break"],
  ["a backslash at the end", "hunter2\\", "ends in a backslash"],
  ["more than Parameter Store takes", "é".repeat(2049), "Got 4098 bytes"],
])("%s is refused without showing it", (_rule, input, sentence) => {
  expect(() => secretValue(input)).toThrow(sentence);
  expect(() => secretValue(input)).not.toThrow("hunter2");
});

test("a generated secret is 256 bits in one safe word, another each time", () => {
  const one = generateSecret(randomBytes);
  expect(one).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(generateSecret(randomBytes)).not.toBe(one);
  expect(secretValue(one)).toBe(one);
});
