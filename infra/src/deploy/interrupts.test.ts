import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { runCommand } from "../terraform/run-command.ts";
import { createInterrupts, InterruptedError } from "./interrupts.ts";

test("a program that runs gets each signal once, and its end is waited for", async () => {
  const source = new EventEmitter();
  const said: string[] = [];
  const interrupts = createInterrupts(
    source,
    (line) => said.push(line),
    () => 0,
  );
  const cwd = mkdtempSync(`${tmpdir()}/fleet-interrupt-`);
  // It counts signals for a while after the first, as Terraform lets calls end.
  const program = `let count = 0;
    process.on("SIGINT", () => { count += 1; if (count === 1) setTimeout(() => { console.log("signals " + count); process.exit(1); }, 500); });
    setTimeout(() => {}, 20_000); console.log("ready");`;
  const { stdout } = await runCommand({
    file: process.execPath,
    args: ["-e", program],
    cwd,
    env: {},
    // By the terminal, and by npm.
    onLine: (line) => void (line === "ready" && source.emit("SIGINT") && source.emit("SIGINT")),
    stopSignals: interrupts.stopSignals,
  });
  rmSync(cwd, { recursive: true });
  expect(stdout).toBe("ready\nsignals 1\n");
  expect(said).toEqual([expect.stringContaining("releases its lock")]);
  expect(() => interrupts.check()).toThrow(InterruptedError);
});

test("without a program nothing is promised, and what follows does not begin", () => {
  const source = new EventEmitter();
  const said: string[] = [];
  const interrupts = createInterrupts(
    source,
    (line) => said.push(line),
    () => 0,
  );
  interrupts.check();
  source.emit("SIGTERM");
  expect(said).toEqual([]);
  expect(() => interrupts.check()).toThrow(InterruptedError);
});

test("closed, it leaves the signals to others", () => {
  const source = new EventEmitter();
  createInterrupts(
    source,
    () => {},
    () => 0,
  ).close();
  expect(source.eventNames()).toEqual([]);
});

test("a second key is passed on as well, and a terminal that is gone as a key", () => {
  const source = new EventEmitter();
  let nowMs = 0;
  const passed: string[] = [];
  const interrupts = createInterrupts(
    source,
    () => {},
    () => nowMs,
  );
  interrupts.stopSignals((signal) => passed.push(signal));
  source.emit("SIGHUP");
  nowMs = 5_000;
  source.emit("SIGINT");
  expect(passed).toEqual(["SIGINT", "SIGINT"]);
});
