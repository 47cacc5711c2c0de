import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { importable } from "../arrows.ts";
import { ourParts } from "../our-parts.ts";
import { fileCircles, folderCircles, type Imports, readImports } from "./folder-circles.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** Tests and what only they use may look anywhere. */
const OF_TESTS = /\.test\.tsx?$|under-test\.ts$|(^|\/)(test|testing|test-support|contract)\/|\/fake-[^/]*\.ts$/;

const listed = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.tsx", "*.mjs"],
  {
    cwd: root,
    encoding: "utf8",
  },
).split("\n");
const files = new Map(
  listed
    .filter((file) => (ourParts as readonly string[]).includes(file.split("/")[0] ?? ""))
    .filter((file) => !OF_TESTS.test(file) && existsSync(path.join(root, file)))
    .map((file) => [file, readFileSync(path.join(root, file), "utf8")]),
);
const packages = new Map(
  Object.values(importable).flatMap((folder) => {
    const { name, exports = {} } = JSON.parse(readFileSync(path.join(root, folder, "package.json"), "utf8")) as {
      name: string;
      exports?: Record<string, string>;
    };
    return Object.entries(exports).map(
      ([entry, file]) => [path.posix.join(name, entry), path.posix.dirname(path.posix.join(folder, file))] as const,
    );
  }),
);

let imports: Imports;
beforeAll(() => {
  imports = readImports(files);
}, 120_000);

test("no folder imports another that imports it, neither values nor types", () => {
  expect(files.size).toBeGreaterThan(300);
  expect(folderCircles(imports, packages)).toEqual([]);
});

test("no file imports another that imports it, neither values nor types", () => {
  expect(fileCircles(imports)).toEqual([]);
});

describe("a circle is found", () => {
  const found = (planted: Record<string, string>) =>
    folderCircles(readImports(new Map(Object.entries(planted))), packages);

  test.each([
    [
      "of values",
      'import { b } from "../b/b.ts";\nexport const a = b;',
      'import { a } from "../a/a.ts";\nexport const b = a;',
    ],
    [
      "of types",
      'import type { B } from "../b/b.ts";\nexport type A = B;',
      'import { type A } from "../a/a.ts";\nexport type B = A;',
    ],
    ["of what is passed on", 'export * from "../b/b.ts";', 'export { a } from "../a/a.ts";'],
  ])("%s", (_what, a, b) => {
    expect(found({ "x/a/a.ts": a, "x/b/b.ts": b })).toEqual([["x/a", "x/b"]]);
  });

  test("of types, between files of one folder", () => {
    const planted = {
      "x/a.ts": 'import type { B } from "./b.ts";\nexport type A = B;',
      "x/b.ts": 'import type { A } from "./c.ts";\nexport type B = A;',
      "x/c.ts": 'export type { A } from "./a.ts";',
      "x/d.ts": 'import "./a.ts";',
    };
    expect(fileCircles(readImports(new Map(Object.entries(planted))))).toEqual([["x/a.ts", "x/b.ts", "x/c.ts"]]);
  });

  test("that goes by a package's name", () => {
    const planted = {
      "load/src/planted.ts": 'import { x } from "@compose-fleet/local-fleet/session";\nexport const y = x;',
      "local-fleet/src/session/planted.ts": 'import { y } from "@compose-fleet/load";\nexport const x = y;',
    };
    expect(found(planted)).toEqual([["load/src", "local-fleet/src/session"]]);
  });

  test("and none where the arrows go one way", () => {
    expect(found({ "x/a/a.ts": 'import "../b/b.ts";', "x/b/b.ts": 'import "../c/c.ts";' })).toEqual([]);
  });
});
