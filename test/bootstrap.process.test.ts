import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

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

test("help needs nothing", () => {
  expect(run("--help")).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Usage: bootstrap\.sh/) });
});
