import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTerminalRunner } from "@compose-fleet/process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createGitSource, type Source } from "./git-source.ts";

let root: string;
let source: Source;
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
    cwd: root,
    encoding: "utf8",
  });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "git-source-"));
  source = createGitSource({ runner: createTerminalRunner(), root });
  git("init", "-q");
  await mkdir(join(root, "stack/nginx"), { recursive: true });
  await writeFile(join(root, "stack/start.sh"), "#!/bin/sh\n");
  await chmod(join(root, "stack/start.sh"), 0o755);
  await writeFile(join(root, "stack/nginx/nginx.conf"), "events {}\n");
  await writeFile(join(root, ".gitignore"), "*.log\n");
  git("add", ".");
  git("commit", "-qm", "stack: first\n\nand more");
});
afterEach(() => rm(root, { recursive: true }));

test("a clean tree is a commit", async () => {
  expect(await source.cleanCommit()).toEqual({ id: git("rev-parse", "HEAD").trim(), subject: "stack: first" });
});

test.each<[rule: string, change: () => Promise<void>, listed: string]>([
  ["a changed file", () => writeFile(join(root, "stack/start.sh"), "#!/bin/bash\n"), "   M stack/start.sh"],
  ["a new file", () => writeFile(join(root, "stack/new.sh"), ""), "  ?? stack/new.sh"],
  ["a removed file", () => rm(join(root, "stack/start.sh")), "   D stack/start.sh"],
])("%s is refused and named", async (_rule, change, listed) => {
  await change();
  await expect(source.cleanCommit()).rejects.toThrow(/Nothing was changed\. Commit, stash or remove:/);
  await expect(source.cleanCommit()).rejects.toThrow(listed);
});

test("many changed files are counted, not all listed", async () => {
  for (let i = 0; i < 25; i += 1) await writeFile(join(root, `new-${i}`), "");
  await expect(source.cleanCommit()).rejects.toThrow(/\(25 files\)[\s\S]*and 5 more$/);
});

test("what git ignores is neither in the way nor released", async () => {
  await writeFile(join(root, "stack/debug.log"), "");
  await source.cleanCommit();
  expect((await source.files("stack")).map(({ path }) => path).sort()).toEqual(["nginx/nginx.conf", "start.sh"]);
});

test("files carry content and mode", async () => {
  const files = await source.files("stack");
  expect(files.find(({ path }) => path === "start.sh")).toEqual({
    path: "start.sh",
    mode: 0o755,
    content: Buffer.from("#!/bin/sh\n"),
  });
  expect(files.find(({ path }) => path === "nginx/nginx.conf")?.mode).toBe(0o644);
});

test("a folder that is no repository is told with what git says", async () => {
  await rm(join(root, ".git"), { recursive: true });
  await expect(source.cleanCommit()).rejects.toThrow(/where a release is made from:\n.*not a git repository/);
});
