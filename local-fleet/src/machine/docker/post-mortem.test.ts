import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Runner } from "@compose-fleet/process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { savePostMortem } from "./post-mortem.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "post-mortem-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A Docker that answers `docker WORD …` by its first word. */
function dockerThatSays(answers: Record<string, { stdout?: string; stderr?: string }>): Runner {
  return {
    run: async ({ args }) => {
      const answer = answers[args[0] ?? ""];
      return { exitCode: answer ? 0 : 1, stdout: "", stderr: "", timedOut: false, missing: false, ...answer };
    },
  };
}
const inspect = (...rows: readonly (readonly string[])[]) => ({
  ps: { stdout: `${rows.map((_, index) => `id${index}`).join("\n")}\n` },
  inspect: { stdout: `${rows.map((row) => row.join("\t")).join("\n")}\n` },
  logs: { stdout: "2026-01-01T00:00:01Z second\n", stderr: "2026-01-01T00:00:00Z first\n" },
});

test.each([
  ["one that ended with an error", ["/a", "exited", "3", "0", "", ""], /^--- a ended with exit code 3/],
  ["one that never started", ["/a", "created", "127", "0", "no such file", ""], /^--- a could not be started: no such/],
  [
    "one that starts over and over",
    ["/a", "running", "1", "4", "", ""],
    /^--- a was started again 4 times.* code was 1/,
  ],
  ["one that is unhealthy", ["/a", "running", "0", "0", "", "unhealthy"], /^--- a is unhealthy/],
  ["not one that ended as it should", ["/a", "exited", "0", "0", "", ""], undefined],
  ["not one that runs", ["/a", "running", "0", "0", "", "healthy"], undefined],
  ["not one that still begins", ["/a", "running", "0", "0", "", "starting"], undefined],
])("%s", async (_rule, row, expected) => {
  const found = await savePostMortem({ runner: dockerThatSays(inspect(row)), name: "x", folder });
  if (expected) expect(found).toEqual([expect.stringMatching(expected)]);
  else expect(found).toEqual([]);
});

test("both streams of the log are saved, in order and for the owner only, and the end is shown", async () => {
  const runner = dockerThatSays(inspect(["/part-1", "exited", "1", "0", "", ""]));
  const [shown] = await savePostMortem({ runner, name: "x", folder });
  const file = join(folder, "part-1.log");
  expect(await readFile(file, "utf8")).toBe("2026-01-01T00:00:00Z first\n2026-01-01T00:00:01Z second\n");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(shown).toContain(`its log is in ${file}`);
  expect(shown).toMatch(/first\n.*second$/);
});

test("a Docker that does not answer, or a folder that cannot be written, is no second failure", async () => {
  expect(await savePostMortem({ runner: dockerThatSays({}), name: "x", folder })).toEqual([]);
  const runner = dockerThatSays(inspect(["/b", "exited", "1", "0", "", ""]));
  const [shown] = await savePostMortem({ runner, name: "x", folder: "/dev/null/nowhere" });
  expect(shown).toMatch(/^--- b ended with exit code 1\n.*first/);
  expect(await readdir(folder)).not.toContain("b.log");
});
