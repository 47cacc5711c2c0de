import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Lockfile {
  packages: Record<string, { inBundle?: boolean; optionalDependencies?: Record<string, string> }>;
}

// npm leaves out the platforms whose packages it could not read while it wrote the file; `npm ci` in a fresh clone then refuses the whole file.
test("package-lock.json has an entry for each optional package of each platform, so that `npm ci` takes it", () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lockfile;
  const missing = Object.entries(packages).flatMap(([path, { inBundle, optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      // What is bundled comes with its package, whole: npm adds nothing to it.
      (name) => !inBundle && !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});
