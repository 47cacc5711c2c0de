import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkRendered, writeRendered } from "./files.ts";

const FILES = [
  { path: "stack/rendered/a.yml", content: "a\n" },
  { path: "stack/rendered/deep/b.yml", content: "b\n", mode: 0o600 },
];
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "rendered-"));
});
afterEach(() => rm(root, { recursive: true }));

test("what was written has not drifted", async () => {
  await writeRendered(root, FILES);
  expect(await checkRendered(root, FILES)).toEqual([]);
  expect(await readFile(join(root, "stack/rendered/deep/b.yml"), "utf8")).toBe("b\n");
  expect((await stat(join(root, "stack/rendered/deep/b.yml"))).mode & 0o777).toBe(0o600);
});

test("missing, different and extra files are drift", async () => {
  await writeRendered(root, FILES);
  await writeFile(join(root, "stack/rendered/a.yml"), "edited\n");
  await rm(join(root, "stack/rendered/deep/b.yml"));
  await writeFile(join(root, "stack/rendered/old.yml"), "");
  expect(await checkRendered(root, FILES)).toEqual([
    { path: "stack/rendered/a.yml", kind: "different" },
    { path: "stack/rendered/deep/b.yml", kind: "missing" },
    { path: "stack/rendered/old.yml", kind: "extra" },
  ]);
});

test("writing removes what is left from earlier, and nothing outside rendered/", async () => {
  await writeRendered(root, FILES);
  await writeFile(join(root, "stack/rendered/old.yml"), "");
  await writeFile(join(root, "stack/kept.yml"), "");
  await writeRendered(root, FILES);
  expect(await checkRendered(root, FILES)).toEqual([]);
  expect(await readFile(join(root, "stack/kept.yml"), "utf8")).toBe("");
});

test("without any file on disk, everything is missing", async () => {
  expect((await checkRendered(root, FILES)).map(({ kind }) => kind)).toEqual(["missing", "missing"]);
});
