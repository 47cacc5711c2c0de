import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundleOf } from "./bundle.mjs";

let root: string;
let entry: string;
const write = (name: string, text: string) => writeFileSync(path.join(root, name), text);
const says = (main: string) => execFileSync(process.execPath, [main], { encoding: "utf8" });
const bundles = () => readdirSync(path.join(root, "node_modules/.cache/compose-fleet"));

beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), "fleet-bundle-")));
  mkdirSync(path.join(root, "src"));
  write("package-lock.json", "{}");
  write("src/main.ts", 'import { word } from "./word.ts";\nconsole.log(word as string, import.meta.dirname);\n');
  write("src/word.ts", 'export const word: string = "one";\n');
  entry = path.join(root, "src/main.ts");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("a program is bundled once, and its modules still know where they were written", async () => {
  const main = await bundleOf(root, entry);
  expect(says(main)).toBe(`one ${path.join(root, "src")}\n`);
  expect(await bundleOf(root, entry)).toBe(main);
});

test.each<[what: string, change: () => void]>([
  ["a source", () => write("src/word.ts", 'export const word = "other";\n')],
  ["the packages", () => write("package-lock.json", '{"changed": true}')],
  ["the time of a source", () => utimesSync(entry, 1, 1)],
  ["what was bundled, which is gone", () => rmSync(path.join(root, "node_modules"), { recursive: true })],
  [
    "the notes about it, which are garbage",
    () => write(path.join("node_modules/.cache/compose-fleet", bundles()[0] ?? "", "sources.json"), "\0{"),
  ],
])("it is bundled again after a change: %s", async (_what, change) => {
  const before = await bundleOf(root, entry);
  change();
  const after = await bundleOf(root, entry);
  expect(after).not.toBe(before);
  expect(says(after)).toMatch(/^(one|other) /);
});

test("a package that looks for files beside itself finds them", async () => {
  mkdirSync(path.join(root, "node_modules/beside"), { recursive: true });
  write("node_modules/beside/package.json", '{"name": "beside", "main": "main.js"}');
  write("node_modules/beside/main.js", "module.exports = __dirname;");
  write("src/main.ts", 'import beside from "beside";\nconsole.log(beside);\n');
  expect(says(await bundleOf(root, entry))).toBe(`${path.join(root, "node_modules/beside")}\n`);
});

test("a bundle that a process may still use stays for a week", async () => {
  const [first, now] = [await bundleOf(root, entry), Date.now() / 1000];
  write("src/word.ts", 'export const word = "second";\n');
  const second = await bundleOf(root, entry);
  expect(says(first)).toMatch(/^one /);
  utimesSync(path.dirname(first), now - 8 * 86_400, now - 8 * 86_400);
  write("src/word.ts", 'export const word = "third one";\n');
  await bundleOf(root, entry);
  expect([first, second].map((main) => existsSync(main))).toEqual([false, true]);
});

test("several at once get along", async () => {
  const mains = await Promise.all([1, 2, 3].map(() => bundleOf(root, entry)));
  for (const main of mains) expect(says(main)).toMatch(/^one /);
});

test("a source that changed while it was bundled is bundled again", async () => {
  utimesSync(entry, Date.now() / 1000 + 3600, Date.now() / 1000 + 3600);
  const before = await bundleOf(root, entry);
  expect(await bundleOf(root, entry)).not.toBe(before);
});

test("what cannot be bundled or kept is told, and leaves nothing", async () => {
  write("src/word.ts", "export const word = ;\n");
  await expect(bundleOf(root, entry)).rejects.toThrow("word.ts");
  expect(existsSync(path.join(root, "node_modules"))).toBe(false);
  write("src/word.ts", 'export const word = "one";\n');
  write("node_modules", "a file");
  await expect(bundleOf(root, entry)).rejects.toThrow();
});
