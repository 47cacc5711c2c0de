import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createPullWorld } from "../test-support/pull-world.ts";
import { createGitBranch } from "./git-branch.ts";

const TOKEN = "read-only-token-0123456789";
const folder = mkdtempSync(path.join(tmpdir(), "fleet-pull-"));
const bare = path.join(folder, "fleet.git");
const clone = path.join(folder, "clone");
let server: Server;
let url = "";

const git = async (cwd: string, ...args: string[]): Promise<string> => {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
  const { stdout } = await promisify(execFile)("git", [...identity, ...args], { cwd });
  return stdout.trim();
};
const push = async (content: string): Promise<string> => {
  writeFileSync(path.join(clone, "compose.yml"), content);
  await git(clone, "add", ".");
  await git(clone, "commit", "-qm", content);
  await git(clone, "push", "-q", "origin", "main");
  return git(clone, "rev-parse", "HEAD");
};

/** Git's own server, as a web server runs it; `/private` wants the token. */
function serve(): Server {
  return createServer((request, response) => {
    const [, area, rest] = /^\/(public|private)(\/.*)$/.exec(request.url ?? "") ?? [];
    const expected = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString("base64")}`;
    if (area === undefined || rest === undefined) return void response.writeHead(404).end();
    if (area === "private" && request.headers.authorization !== expected) return void response.writeHead(401).end();
    const backend = spawn("git", ["http-backend"], {
      env: {
        PATH: "/usr/local/bin:/usr/bin:/bin",
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: rest,
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers["content-type"],
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      },
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    backend.once("close", () => {
      const answer = Buffer.concat(chunks);
      const end = answer.indexOf("\r\n\r\n");
      const status = /^Status: (\d+)/m.exec(answer.subarray(0, end).toString())?.[1];
      response.writeHead(Number(status ?? 200)).end(answer.subarray(end + 4));
    });
  });
}

beforeAll(async () => {
  await git(folder, "init", "-q", "--bare", "--initial-branch=main", bare).catch((error: unknown) => {
    throw new Error(`git is needed for this test: install it (${error})`);
  });
  await git(folder, "clone", "-q", bare, clone);
  await git(clone, "checkout", "-q", "-B", "main");
  server = serve();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

test("git revert rolls back: each commit's revision is deployed, the failing one once", async () => {
  const world = createPullWorld(createGitBranch({ repository: `${url}/public/fleet.git`, branch: "main" }));
  // As the workflow does: a revision for each commit that is pushed.
  const upload = (commit: string) => void world.uploaded.push(`workers/${commit.slice(0, 12)}-1.tgz`);

  const good = await push("image: good");
  upload(good);
  await world.puller.look();
  world.end("d-1", "Succeeded");
  await world.puller.look();
  expect(world.puller.view()).toMatchObject({ state: "up-to-date", commit: good });

  const bad = await push("image: crashes");
  await world.puller.look();
  expect(world.puller.view()).toMatchObject({ state: "waiting", commit: bad });
  upload(bad);
  await world.puller.look();
  world.end("d-2", "Failed");
  await world.puller.look();
  await world.puller.look();
  expect(world.puller.view()).toMatchObject({ state: "failed", commit: bad });
  expect(world.calls).toHaveLength(2);

  await git(clone, "revert", "--no-edit", "HEAD");
  await git(clone, "push", "-q", "origin", "main");
  const revert = await git(clone, "rev-parse", "HEAD");
  upload(revert);
  await world.puller.look();
  world.end("d-3", "Succeeded");
  await world.puller.look();
  expect(world.puller.view()).toMatchObject({ state: "up-to-date", commit: revert, lastError: null });
  expect(world.deployments.get("d-3")?.key).toBe(`workers/${revert.slice(0, 12)}-1.tgz`);
});

describe("a branch", () => {
  const headOf = (options: { area?: string; branch?: string; token?: string; name?: string }) => {
    const { area = "public", branch = "main", name = "fleet.git", token } = options;
    const repository = `${url}/${area}/${name}`;
    return createGitBranch({ repository, branch, ...(token === undefined ? {} : { token }) }).head();
  };

  test("is found by its whole name among those that begin like it, and with slashes in it", async () => {
    await git(clone, "push", "-q", "origin", "main:mainline", "main~1:refs/heads/release/2026");
    expect(await headOf({})).toBe(await git(clone, "rev-parse", "main"));
    expect(await headOf({ branch: "release/2026" })).toBe(await git(clone, "rev-parse", "main~1"));
  });

  test("of a private repository is read with its token", async () => {
    expect(await headOf({ area: "private", token: TOKEN })).toMatch(/^[0-9a-f]{40}$/);
  });

  test.each([
    ["that is missing", { branch: "mai" }, /has no branch mai: push it/],
    ["of a private repository without its token", { area: "private" }, /401.*set releases.pull.private/],
    ["of a private repository with a wrong token", { area: "private", token: "wrong" }, /401.*REPOSITORY_TOKEN still/],
    ["of a repository that is missing", { name: "other.git" }, /404: correct releases.pull.repository/],
  ])("%s says what to do", async (_rule, options, problem) => {
    await expect(headOf(options)).rejects.toThrow(problem);
  });
});
