import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { quoted, scriptText } from "./script-text.ts";

const said = (script: string) => spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout;

test("a script knows where its stack is, and on a worker what worker.env says", () => {
  const folder = mkdtempSync(join(tmpdir(), "it's "));
  const workerEnv = join(folder, "worker.env");
  writeFileSync(workerEnv, "WORKER_ID='i-1'\n");
  expect(said(scriptText({ stack: "/opt/x", workerEnv }, 'printf "%s" "$STACK $WORKER_ID"; printenv WORKER_ID'))).toBe(
    "/opt/x i-1i-1\n",
  );
  rmSync(folder, { recursive: true });
});

test.each(["", "a b", "it's", "$(id)", "`id`", "a\nb", '"', "\\", "!x"])("%j reaches a program as it is", (word) => {
  expect(said(`printf '%s' ${quoted(word)}`)).toBe(word);
});
