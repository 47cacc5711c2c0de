import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { copyOfProject } from "./copy-of-project.ts";
import { stages } from "./run/stages.ts";

// A fork has its user's own services in it. How they are written is not ours to judge: `npm test` runs before each of their releases.

const BAD_JS = "var unused = 1;;;\nif (unused == '1') { console.log(process.env.X) }\n";
const BAD_TS = "export const n: number = 'text';\nimport { x } from 'no-such-package';\nconsole.log(x as any)\n";
const OWN: Readonly<Record<string, string>> = {
  "hello/server.js": BAD_JS,
  "hello/app.test.ts": "throw new Error('a test of another runner');\n",
  "hello/biome.json": '{ "root": true, "linter": { "enabled": true } }',
  "apps/x/biome.jsonc": "{}",
  "hello/tsconfig.json": '{ "compilerOptions": { "strict": "no" } }',
  "hello/package.json":
    '{ "name": "hello", "dependencies": { "left-pad": "1.3.0" }, "scripts": { "x": "no-such-binary" } }',
  "apps/x/package.json": '{ "name": "@mine/x", "dependencies": { "express": "*" } }',
  "apps/x/src/index.ts": BAD_TS,
  "notes.ts": BAD_TS,
  "broken.json": "{ not json",
  "stack-worker/services/hello/app.ts": BAD_TS,
  "stack-worker/services/hello/app.test.ts": BAD_TS,
};
/** What is planted in parts of ours: each check sees at least one of them. */
const OURS = ["core/policy/src/planted.ts", "console/src/model/planted.ts"];
const checks = stages.flat().filter(({ hasTests, title }) => !hasTests && !/^set-up/.test(title));
let folder: string;

function run(args: readonly string[]): Promise<{ code: unknown; output: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, [...args], { cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    ),
  );
}

beforeAll(async () => {
  folder = await copyOfProject();
  for (const [file, text] of Object.entries(OWN)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  for (const file of OURS) await writeFile(path.join(folder, file), BAD_TS);
  const file = path.join(folder, "package.json");
  const manifest = JSON.parse(await readFile(file, "utf8"));
  await writeFile(
    file,
    `${JSON.stringify({ ...manifest, workspaces: [...manifest.workspaces, "hello", "apps/*"] }, null, 2)}\n`,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// Both at once, because each check takes its time: what it says is of our fault, and of nothing else.
describe("of a user's own code no check says anything, of a fault in ours each does", () => {
  test.each(checks.map(({ title, args }) => [title, args] as const))("%s", async (_title, args) => {
    const { code, output } = await run(args);
    expect(code, output).not.toBe(0);
    expect(
      OURS.filter((file) => output.includes(file)),
      output,
    ).not.toEqual([]);
    for (const file of Object.keys(OWN)) expect(output).not.toContain(file);
    expect(output).not.toMatch(/left-pad|no-such-binary|@mine/);
  });
});

test("no test of a user's own is run", async () => {
  const { output } = await run(["node_modules/vitest/vitest.mjs", "list", "--filesOnly"]);
  expect(output).toContain("wh/src/");
  expect(output).not.toMatch(/hello|apps\/x/);
});
