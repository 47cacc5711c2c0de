import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";

// What somebody reads who types the README's command on a machine that cannot run it: one sentence, exit code 2, nothing changed.

const script = path.resolve(import.meta.dirname, "../cli/bin/bootstrap.sh");
let bin: string;

beforeEach(() => {
  bin = mkdtempSync(path.join(tmpdir(), "fleet-bin-"));
  for (const program of ["bash", "cat", "dirname", "env"]) symlinkSync(`/usr/bin/${program}`, path.join(bin, program));
});
afterEach(() => rmSync(bin, { recursive: true }));

const add = (name: string, text: string) =>
  writeFileSync(path.join(bin, name), `#!/usr/bin/bash\n${text}\n`, { mode: 0o755 });
/** A Node in which this code has run before anything else. */
const nodeAfter = (code: string) =>
  add("node", `exec ${process.execPath} --import 'data:text/javascript,${code}' "$@"`);
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync("/usr/bin/bash", [script, ...args], {
    encoding: "utf8",
    env: { PATH: bin },
  });
  return { status, stdout, stderr };
};

test("without Node", () => {
  expect(run("test")).toEqual({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/^Node is not installed: .*\n$/),
  });
});

test("without npm", () => {
  nodeAfter("");
  expect(run("test")).toEqual({ status: 2, stdout: "", stderr: expect.stringMatching(/^npm is not installed: .*\n$/) });
});

test.each(["20.18.3", "18.20.4"])("with Node %s", (version) => {
  nodeAfter(`Object.defineProperty(process,"versions",{value:{node:"${version}"}})`);
  add("npm", "exit 9");
  expect(run("demo")).toEqual({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/^This is Node v.*: install Node 20\.19 or newer .*\n$/),
  });
});

test("with a clock that was never set, which npm and apt would tell in other words", () => {
  nodeAfter("Date.now=()=>86400000");
  add("npm", "exit 9");
  expect(run("test")).toEqual({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/^This machine's clock says 1970-01-02: set it \(.*\), then try again\.\n$/),
  });
});

/** A copy of the little that bootstrap.sh needs, without dependencies. */
function freshCopy(): string {
  const copy = mkdtempSync(path.join(tmpdir(), "fleet-fresh-"));
  const clock = "setup/src/clock.mjs";
  cpSync(path.dirname(script), path.join(copy, "cli/bin"), { recursive: true });
  cpSync(path.resolve(import.meta.dirname, "..", clock), path.join(copy, clock));
  writeFileSync(path.join(copy, "package-lock.json"), "{}");
  onTestFinished(() => rmSync(copy, { recursive: true }));
  return copy;
}
const runIn = (copy: string, env: Readonly<Record<string, string>>) =>
  spawnSync("/usr/bin/bash", [path.join(copy, "cli/bin/bootstrap.sh"), "setup"], {
    encoding: "utf8",
    env: { PATH: `${bin}:/usr/bin:/bin`, ...env },
  });

test("with a HOME that is a file, before npm begins", () => {
  nodeAfter("");
  add("npm", "exit 9");
  const { status, stdout, stderr } = runIn(freshCopy(), { HOME: "/etc/hostname" });
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^HOME is \/etc\/hostname, where npm can keep nothing: set HOME to .*\n$/);
});

test("with a full disk, npm's failure is explained and not tried again", () => {
  nodeAfter("");
  add("npm", "echo npm error code ENOSPC >&2; exit 228");
  add("df", "printf 'Filesystem 1024-blocks Used Available\\n/dev/x 100 99 1\\n'");
  const { status, stderr } = runIn(freshCopy(), { HOME: "/tmp" });
  expect(status).toBe(1);
  expect(stderr).toMatch(/The disk of \. has 0 MiB free, .*: make room, then try again\.\n$/);
  expect(stderr).not.toContain("once more");
});

test("help needs nothing", () => {
  expect(run("--help")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Usage: bootstrap\.sh/) });
});
