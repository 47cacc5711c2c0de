import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StackFile } from "./stack-file.ts";
import { packTgz, readFromTgz } from "./tar.ts";

const deep = `${"folder/".repeat(17)}deep.txt`;
const files: StackFile[] = [
  { path: "start.sh", mode: 0o755, content: Buffer.from("#!/bin/sh\n") },
  { path: "nginx/nginx.conf", mode: 0o644, content: Buffer.from("x".repeat(1025)) },
  { path: "empty", mode: 0o644, content: Buffer.alloc(0) },
  { path: deep, mode: 0o644, content: Buffer.from("ü") },
];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tar-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("tar unpacks it, with its modes", async () => {
  await writeFile(join(folder, "a.tgz"), packTgz(files));
  execFileSync("tar", ["-xzpf", "a.tgz"], { cwd: folder });
  for (const { path, mode, content } of files) {
    expect(await readFile(join(folder, path))).toEqual(content);
    expect((await stat(join(folder, path))).mode & 0o777).toBe(mode);
  }
});

test("the same files are the same bytes, in whatever order they come", () => {
  expect(packTgz([...files].reverse())).toEqual(packTgz(files));
});

test.each(files.map(({ path, content }) => [path, content] as const))("%s can be read out of it", (path, content) => {
  expect(readFromTgz(packTgz(files), path)).toEqual(content);
});

test("what tar of this machine packed can be read, too", async () => {
  await writeFile(join(folder, "revision.json"), "{}");
  execFileSync("tar", ["--format=ustar", "-czf", "b.tgz", "revision.json"], { cwd: folder });
  expect(readFromTgz(await readFile(join(folder, "b.tgz")), "revision.json")?.toString()).toBe("{}");
});

test("a path that is not in it is none", () => {
  expect(readFromTgz(packTgz(files), "stop.sh")).toBeUndefined();
});

test("a path that no archive can carry is refused", () => {
  const path = "x".repeat(101);
  expect(() => packTgz([{ path, mode: 0o644, content: Buffer.alloc(0) }])).toThrow("too long for an archive");
});
