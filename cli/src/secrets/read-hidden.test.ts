import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { readLine } from "./read-hidden.ts";

function keyboard() {
  const stream = new PassThrough();
  const modes: boolean[] = [];
  return {
    modes,
    type: (keys: string) => stream.write(keys),
    end: () => stream.end(),
    input: Object.assign(stream, {
      setRawMode: (mode: boolean) => modes.push(mode),
    }),
  };
}

test.each([
  ["return ends the line", ["s3cret\r"], "s3cret"],
  ["the erase key takes one back", ["s3x\u007fcret\r"], "s3cret"],
  ["a pasted line may arrive in pieces", ["s3", "cret", "\n"], "s3cret"],
  ["Ctrl-D ends it too", ["s3cret\u0004"], "s3cret"],
])("%s, and echo is back afterwards", async (_rule, typed, value) => {
  const { input, type, modes } = keyboard();
  const line = readLine(input);
  for (const keys of typed) type(keys);
  expect(await line).toBe(value);
  expect(modes).toEqual([true, false]);
});

test("Ctrl-C interrupts, and echo is back afterwards", async () => {
  const { input, type, modes } = keyboard();
  const line = readLine(input);
  type("s3c\u0003");
  await expect(line).rejects.toThrow("Interrupted");
  expect(modes).toEqual([true, false]);
});

test("a terminal that goes away ends the line", async () => {
  const { input, type, end } = keyboard();
  const line = readLine(input);
  type("s3");
  end();
  expect(await line).toBe("s3");
});
