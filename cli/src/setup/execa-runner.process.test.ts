import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { command, commandText, tailOf } from "./command.ts";
import { createExecaRunner } from "./execa-runner.ts";
import { scratchFolder } from "./scratch-folder.ts";

const runner = createExecaRunner();
const node = (script: string) => command(process.execPath, "-e", script);

test("what a program prints and how it ends is returned, not thrown", async () => {
  const lines: string[] = [];
  const result = await runner.run(node("console.log('out'); console.error('err'); process.exitCode = 3"), (line) =>
    lines.push(line),
  );
  expect(result).toEqual({ exitCode: 3, stdout: "out", stderr: "err", missing: false, timedOut: false });
  expect(lines.sort()).toEqual(["err", "out"]);
});

test("a program that does not exist is missing", async () => {
  expect(await runner.run(command("no-such-program-here"))).toMatchObject({ missing: true, timedOut: false });
});

test("a program that says nothing in time is ended", async () => {
  const silent = { ...node("setTimeout(() => {}, 30000)"), firstOutputMs: 200 };
  expect(await runner.run(silent)).toMatchObject({ timedOut: true, missing: false });
});

test("a program that has said something may take longer", async () => {
  const slow = { ...command("sh", "-c", "echo 1; sleep 4.2; echo 2"), firstOutputMs: 4000 };
  expect(await runner.run(slow)).toMatchObject({ timedOut: false, stdout: "1\n2" });
});

test("a detached program writes into its log", async () => {
  const log = join(await scratchFolder(), "sub", "x.log");
  expect(await runner.startDetached(node("console.log('hello')"), log)).toBeGreaterThan(1);
  await vi.waitFor(async () => expect(await readFile(log, "utf8")).toBe("hello\n"), 15_000);
});

test("a detached program that does not exist is an error", async () => {
  const log = join(await scratchFolder(), "x.log");
  await expect(runner.startDetached(command("no-such-program-here"), log)).rejects.toThrow("ENOENT");
});

test("a command is shown as a person would type it", () => {
  expect(commandText(command("sh", "-x", "it's $HOME"))).toBe("sh -x 'it'\\''s $HOME'");
  expect(tailOf({ exitCode: 1, stdout: "a\nb\nc\n", stderr: "", missing: false, timedOut: false }, 2)).toBe("b\nc");
});
