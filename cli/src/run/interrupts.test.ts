import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { watchInterrupts } from "./interrupts.ts";

function watched() {
  const emitter = new EventEmitter();
  const said: string[] = [];
  let ended = 0;
  const interrupts = watchInterrupts(
    emitter,
    (text) => said.push(text),
    () => {
      ended += 1;
    },
  );
  return { emitter, said, interrupts, ended: () => ended };
}

test.each(["SIGINT", "SIGTERM", "SIGHUP"])("%s ends a command that has nothing to clean up", (signal) => {
  const { emitter, said, ended } = watched();
  emitter.emit(signal);
  expect(ended()).toBe(1);
  expect(said).toEqual([]);
});

test("one that cleans up is told once, and goes on when it is told again", () => {
  const { emitter, said, interrupts, ended } = watched();
  const { stop } = interrupts;
  expect(stop.aborted).toBe(false);
  emitter.emit("SIGINT");
  emitter.emit("SIGTERM");
  expect(stop.aborted).toBe(true);
  expect(interrupts.came()).toBe(true);
  expect(said).toEqual(["Stopping: cleaning up first.", "Still cleaning up, a moment please."]);
  expect(ended()).toBe(0);
});

test("after its release the signals are nobody's", () => {
  const { emitter, interrupts } = watched();
  interrupts.release();
  expect(emitter.eventNames()).toEqual([]);
});
