import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ourParts } from "./our-parts.ts";

const root = path.resolve(import.meta.dirname, "..");

// Commands run as a bundle, in which import() of a CommonJS package has nothing but a default. A module of ours that imports it has its names.
test("what is loaded late is a module of ours, never a package", () => {
  const files = execFileSync("git", ["ls-files", "--", ...ourParts.map((part) => `${part}/*.ts`)], {
    cwd: root,
    encoding: "utf8",
  })
    .split("\n")
    .filter((file) => file.includes("/src/") && !/\.test\.ts$|^infra\//.test(file));
  expect(files.length).toBeGreaterThan(500);
  const late = files.flatMap((file) =>
    [
      ...readFileSync(path.join(root, file), "utf8").matchAll(
        /await import\("(?!\.|node:|@compose-fleet\/)([^"]+)"\)/g,
      ),
    ].map(([, name]) => `${file}: ${name}`),
  );
  expect(late).toEqual([]);
});
