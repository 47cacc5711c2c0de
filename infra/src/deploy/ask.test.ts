import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { askAtTerminal } from "./ask.ts";
import { createInterrupts, InterruptedError } from "./interrupts.ts";

function terminal() {
  const source = new EventEmitter();
  const input = new PassThrough();
  const interrupts = createInterrupts(
    source,
    () => {},
    () => 0,
  );
  return { source, input, answer: askAtTerminal("Apply?", interrupts, { input, output: new PassThrough() }) };
}

test.each([
  ["y", true],
  ["YES", true],
  ["", false],
  ["n", false],
  ["yep", false],
])("%j consents: %s", async (text, consents) => {
  const { input, answer } = terminal();
  input.write(`${text}\n`);
  expect(await answer).toBe(consents);
});

test("a stop signal is no answer", async () => {
  const { source, answer } = terminal();
  source.emit("SIGINT");
  await expect(answer).rejects.toThrow(InterruptedError);
});

test("nor is a terminal that closes", async () => {
  const { input, answer } = terminal();
  input.end();
  await expect(answer).rejects.toThrow(InterruptedError);
});
