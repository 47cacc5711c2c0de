import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { unusablePaths } from "../test/unusable-paths.ts";
import { PathError } from "./path-error.ts";
import { checkWritable, writeFiles } from "./write-files.ts";

const unusable = unusablePaths();
const base = mkdtempSync(join(tmpdir(), "write-files-"));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(base, "each-"));
});
afterAll(() => {
  unusable.remove();
  rmSync(base, { recursive: true });
});
const at = (name: string) => join(folder, name);

// Empty and unprintable ones are turned away when options are read (parse-path.ts).
const named = unusable.paths.filter(({ path }) => path !== "" && !path.includes("\n"));

test.each([...named, { why: "a folder", path: unusable.folder }])(
  "$why: a sentence that names the path, and nothing is written",
  async ({ path }) => {
    const attempts = [
      () =>
        writeFiles([
          { path: at("first/a"), content: "a" },
          { path, content: "x".repeat(100_000) },
        ]),
      () => checkWritable(path, 100_000),
    ];
    for (const attempt of attempts) {
      const error = await attempt().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(PathError);
      expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(/: .*; (name|create|make|mend)/) });
      expect(readdirSync(folder)).toEqual([]);
    }
    expect(readdirSync(unusable.folder).filter((name) => name.endsWith(".new"))).toEqual([]);
  },
);

test("folders that are missing are made, with a name as long as names can be", async () => {
  const path = at(`a/b/${"n".repeat(255)}`);
  await checkWritable(path, 10);
  expect(readdirSync(folder)).toEqual([]);
  await writeFiles([{ path, content: "x", mode: 0o600 }]);
  expect(readFileSync(path, "utf8")).toBe("x");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a file keeps its permissions, and a link stays a link", async () => {
  writeFileSync(at("real"), "old");
  chmodSync(at("real"), 0o640);
  symlinkSync("real", at("link"));
  await writeFiles([{ path: at("link"), content: "new" }]);
  expect(readFileSync(at("real"), "utf8")).toBe("new");
  expect(statSync(at("real")).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder).sort()).toEqual(["link", "real"]);
  expect(readFileSync(at("link"), "utf8")).toBe("new");
});

test("devices are written into and stay what they are", async () => {
  await writeFiles([{ path: "/dev/null", content: "x" }]);
  expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  await expect(writeFiles([{ path: "/dev/full", content: "x" }])).rejects.toThrow(
    "/dev/full cannot be written: its disk",
  );
});

test("a pipe that is read gets the text, one that nobody reads holds nobody up", async () => {
  execFileSync("mkfifo", [at("pipe")]);
  await expect(writeFiles([{ path: at("pipe"), content: "x" }])).rejects.toThrow("nothing reads from it");
  const reader = await open(at("pipe"), "r+");
  await writeFiles([{ path: at("pipe"), content: "hello" }]);
  const { buffer } = await reader.read(Buffer.alloc(5));
  expect(buffer.toString()).toBe("hello");
  await reader.close();
});
