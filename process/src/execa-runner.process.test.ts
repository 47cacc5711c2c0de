import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { command, commandText, tailOf } from "./command.ts";
import { createGroupRunner, createTerminalRunner } from "./execa-runner.ts";

const runner = createTerminalRunner();
const node = (script: string) => command(process.execPath, "-e", script);

async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fleet-process-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

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

describe("a service's programs", () => {
  // biome-ignore lint/style/noProcessEnv: programs are found by PATH
  const group = createGroupRunner({ PATH: process.env.PATH ?? "", GIVEN: "given" });

  test("get exactly what they are given, and their output stays as it came", async () => {
    const said = command("sh", "-c", 'echo "$GIVEN $MINE $HOME"');
    expect(await group.run({ ...said, env: { MINE: "mine" } })).toEqual({
      exitCode: 0,
      stdout: "given mine \n",
      stderr: "",
      missing: false,
      timedOut: false,
    });
    expect((await group.run({ ...said, onlyEnv: ["PATH"] })).stdout).toBe("  \n");
  });

  test("that do not exist end with 127 and say so", async () => {
    expect(await group.run(command("no-such-program-here"))).toEqual({
      exitCode: 127,
      stdout: "",
      stderr: "no-such-program-here is not installed",
      missing: true,
      timedOut: false,
    });
  });

  test("are killed when their time is up, with all that they started", async () => {
    const log = join(await scratchFolder(), "grandchild");
    const script = `(sleep 3; echo late > ${log}) & sleep 30`;
    expect(await group.run({ ...command("sh", "-c", script), timeoutMs: 300 })).toMatchObject({ timedOut: true });
    await sleep(4_000);
    await expect(readFile(log, "utf8")).rejects.toThrow("ENOENT");
  });

  test("are left to themselves after SIGTERM where that was asked for, with what they said until then", async () => {
    const script = "trap 'sleep 20' TERM; echo begun; sleep 20 & wait";
    const slow = { ...command("sh", "-c", script), timeoutMs: 1_500, leaveAfterTimeout: true };
    const startedAtMs = performance.now();
    expect(await group.run(slow)).toMatchObject({ exitCode: 143, timedOut: true, stdout: "begun\n" });
    expect(performance.now() - startedAtMs).toBeLessThan(15_000);
  });

  test("end when they are aborted", async () => {
    const stop = new AbortController();
    const running = group.run({ ...command("sleep", "30"), signal: stop.signal });
    stop.abort();
    expect(await running).toMatchObject({ exitCode: 1, timedOut: false });
  });
});

test("a command is shown as a person would type it", () => {
  expect(commandText(command("sh", "-x", "it's $HOME"))).toBe("sh -x 'it'\\''s $HOME'");
  expect(tailOf({ exitCode: 1, stdout: "a\nb\nc\n", stderr: "", missing: false, timedOut: false }, 2)).toBe("b\nc");
});
