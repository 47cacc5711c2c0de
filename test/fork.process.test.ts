import { execFile } from "node:child_process";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyOfProject } from "./copy-of-project.ts";
import { ourParts } from "./our-parts.ts";

// The repository is forked, and fleet.yaml is its user's: other names, another region, no service-a. What is ours to test must pass all the same.

/** Words by which a test, or a file that it imports, reads what is a user's own. */
const READS_THE_USERS = /fleet\.yaml|readYaml|rendered\/|release\.yml|stack-worker"|stack-prometheus"|loadFleetFile/;
const FOUND_WITHOUT = /\.(integration|process|alone)\.test\.ts$/;
let folder: string;

function run(...args: readonly string[]): Promise<{ code: unknown; output: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, [...args], { cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    ),
  );
}

beforeAll(async () => {
  folder = await copyOfProject();
  await cp(path.join(folder, "test/fixtures/fleet.fork.yaml"), path.join(folder, "fleet.yaml"));
  for (const service of ["web", "admin"])
    await writeFile(
      path.join(folder, `stack-worker/services/${service}.yml`),
      `services:\n  ${service}:\n    image: registry.example.com/acme/${service}:1\n`,
    );
  const rendered = await run("cli/bin/fleet.mjs", "render");
  expect(rendered.code, rendered.output).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("its fleet file is valid, and what is rendered is committed as it says", async () => {
  const valid = await run("cli/bin/fleet.mjs", "validate");
  expect([valid.code, valid.output]).toEqual([0, expect.stringContaining("acme-shop (staging), 2 service(s)")]);
  expect((await run("cli/bin/fleet.mjs", "render", "--check")).code).toBe(0);
});

test("tests that read the fleet file, what is rendered from it, or the workflow pass", async () => {
  const all = await readdir(folder, { recursive: true });
  const candidates = all.filter(
    (file) =>
      file.endsWith(".test.ts") &&
      !FOUND_WITHOUT.test(file) &&
      !file.includes("node_modules") &&
      (ourParts as readonly string[]).includes(file.split(path.sep)[0] ?? ""),
  );
  const affected: string[] = [];
  for (const file of candidates)
    if (READS_THE_USERS.test(await readFile(path.join(folder, file), "utf8"))) affected.push(file);
  expect(affected).toEqual(
    expect.arrayContaining([
      "test/release-workflow.test.ts",
      "test/infra-contract.test.ts",
      "cli/src/render/committed.test.ts",
    ]),
  );
  // What the workflow's script prints is the one thing of these that takes a program.
  const files = [...affected, "test/release-workflow.process.test.ts"];
  const projects = ["unit", "programs"].flatMap((project) => ["--project", project]);
  const { code, output } = await run("node_modules/vitest/vitest.mjs", "run", ...projects, ...files);
  expect(code, output).toBe(0);
});
