import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ourParts, ourRootFiles, userFolders } from "./our-parts.ts";

const root = path.resolve(import.meta.dirname, "..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const json = (file: string) => JSON.parse(read(file));

test("the map of the repository names each of our parts, and no other folder with code", () => {
  const folders = read("AGENTS.md")
    .split("\n")
    .flatMap((line) => /^\| `([\w-]+)\/` /.exec(line)?.[1] ?? []);
  expect([...folders].sort()).toEqual([...ourParts]);
});

test("Biome reads our parts alone", () => {
  const { includes } = json("biome.json").files as { includes: string[] };
  expect(includes.filter((glob) => !glob.startsWith("!"))).toEqual([
    ...ourParts.map((part) => `${part}/**`),
    ...ourRootFiles,
  ]);
  expect(includes).toEqual(expect.arrayContaining(userFolders.map((folder) => `!${folder}`)));
});

test("TypeScript reads our parts alone", () => {
  const { include, exclude } = json("tsconfig.json");
  expect(include).toEqual([...ourParts, ...ourRootFiles.filter((file) => file.endsWith(".ts"))]);
  expect(exclude).toEqual(expect.arrayContaining([...userFolders]));
});
