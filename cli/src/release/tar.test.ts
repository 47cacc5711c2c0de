import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StackFile } from "./stack-file.ts";
import { packTgz, readFromTgz } from "./tar.ts";

const CONTENT_SHA256 = "b83418121d72adf6b745ef562995e62952411951f769f4ed4848a47c469a82b7";
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
  await writeFile(join(folder, "a.tgz"), await packTgz(files));
  execFileSync("tar", ["-xzpf", "a.tgz"], { cwd: folder });
  for (const { path, mode, content } of files) {
    expect(await readFile(join(folder, path))).toEqual(content);
    expect((await stat(join(folder, path))).mode & 0o777).toBe(mode);
  }
});

test("the same files are the same bytes: in whatever order they come, whenever and by whomever", async () => {
  const packed = await packTgz(files);
  expect(await packTgz([...files].reverse())).toEqual(packed);
  // Neither a time nor an owner, nor gzip's operating system, of this machine.
  expect(createHash("sha256").update(gunzipSync(packed)).digest("hex")).toBe(CONTENT_SHA256);
  expect(packed.subarray(0, 10).toString("hex")).toBe("1f8b08000000000002ff");
});

test.each(files.map(({ path, content }) => [path, content] as const))(
  "%s can be read out of it",
  async (path, content) => {
    expect(await readFromTgz(await packTgz(files), path)).toEqual(content);
  },
);

test("what tar of this machine packed can be read, too", async () => {
  await writeFile(join(folder, "revision.json"), "{}");
  execFileSync("tar", ["--format=ustar", "-czf", "b.tgz", "revision.json"], { cwd: folder });
  const found = await readFromTgz(await readFile(join(folder, "b.tgz")), "revision.json");
  expect(found?.toString()).toBe("{}");
});

test("a path that is not in it is none", async () => {
  expect(await readFromTgz(await packTgz(files), "stop.sh")).toBeUndefined();
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["something else", Buffer.from("not an archive ".repeat(100))],
  ["another file's gzip", gzipSync(Buffer.from("x".repeat(2048)))],
  ["a part of one", (await packTgz(files)).subarray(0, -20)],
])("%s is no archive", async (_rule, archive) => {
  await expect(readFromTgz(archive, "revision.json")).rejects.toThrow();
});

test.each([
  ["that no archive can carry", "x".repeat(101)],
  ["that not every tar reads", "ü"],
])("a path %s is refused", async (_rule, path) => {
  await expect(packTgz([{ path, mode: 0o644, content: Buffer.alloc(0) }])).rejects.toThrow("too long for an archive");
});
