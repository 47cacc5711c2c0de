import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

// The function of bake.sh by which an instance that becomes an image pulls, with a Docker that answers line after line and a sleep that does not.
const bake = readFileSync(new URL("../user-data/bake.sh", import.meta.url), "utf8");
const pullImage = /^pull_image\(\) \{[\s\S]*?^\}$/m.exec(bake)?.[0] ?? "";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-bake-"));
  const program = (name: string, text: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  program(
    "docker",
    'answer=$(head -n 1 "$0.answers"); sed -i 1d "$0.answers"; [ "$answer" = ok ] || { echo "$answer" >&2; exit 1; }',
  );
  program("sleep", 'echo "$1" >>"$0.log"');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pull(answers: readonly string[]) {
  const at = (file: string) => join(folder, file);
  writeFileSync(at("docker.answers"), answers.map((line) => `${line}\n`).join(""));
  writeFileSync(at("sleep.log"), "");
  const { status, stderr } = spawnSync("bash", ["-euo", "pipefail", "-c", `${pullImage}\npull_image web:1`], {
    encoding: "utf8",
    // biome-ignore lint/style/noProcessEnv: scripts need a PATH to run
    env: { PATH: `${folder}:${process.env.PATH}` },
  });
  const waits = readFileSync(at("sleep.log"), "utf8").split("\n").filter(Boolean).map(Number);
  return { status, stderr, waits };
}
const times = (count: number, words: string) => Array.from({ length: count }, () => words);
const BUSY = "toomanyrequests: Rate exceeded";

test.each([0, 1, 5, 10])("an image comes after a registry was busy %i times, with longer and longer waits", (count) => {
  const { status, waits } = pull([...times(count, BUSY), "ok"]);
  expect(status).toBe(0);
  expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 60, 60, 60].slice(0, count));
});

test.each([
  ["a registry that stays busy", BUSY, 600],
  ["an image that is not there", "manifest unknown", 60],
])("%s ends it in time, with a sentence", (_rule, words, limit) => {
  const { status, stderr, waits } = pull(times(50, words));
  expect(status).toBe(1);
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(limit);
  expect(waits.length).toBeGreaterThan(3);
  expect(stderr).toMatch(new RegExp(`the image web:1 cannot be pulled, tried for \\d+ s: ${words}`));
});
