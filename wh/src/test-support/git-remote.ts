import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/** What `/private` of the server wants. */
export const REPOSITORY_TOKEN = "read-only-token-0123456789";

const PATH = "/usr/local/bin:/usr/bin:/bin";
/** The same commits have the same names in each run. */
const DATE = "2026-01-01T00:00:00Z";

/** A bare repository `fleet.git` behind Git's own server at `/public` and `/private`, and a clone that commits to its `main`. Rejects with a sentence where git is missing. */
export async function startGitRemote() {
  const folder = mkdtempSync(path.join(tmpdir(), "fleet-git-"));
  const clone = path.join(folder, "clone");
  const env = { PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: "1", GIT_AUTHOR_DATE: DATE, GIT_COMMITTER_DATE: DATE };
  const run = async (cwd: string, ...args: string[]): Promise<string> => {
    const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    const { stdout } = await promisify(execFile)("git", [...identity, ...args], { cwd, env });
    return stdout.trim();
  };
  // Newer versions of Git tidy up behind a commit's back, also while the folder is being removed.
  writeFileSync(path.join(folder, ".gitconfig"), "[maintenance]\n\tauto = false\n[receive]\n\tautoGC = false\n");
  await run(folder, "init", "-q", "--bare", "--initial-branch=main", "fleet.git").catch((error: unknown) => {
    rmSync(folder, { recursive: true });
    throw new Error(`git is needed for this test: install it (${error})`);
  });
  await run(folder, "clone", "-q", "fleet.git", clone);
  await run(clone, "checkout", "-q", "-B", "main");
  const server = serve(folder);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const git = (...args: string[]) => run(clone, ...args);
  const push = async (): Promise<string> => {
    await git("push", "-q", "origin", "main");
    return git("rev-parse", "HEAD");
  };

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Git in the clone; returns what it printed. */
    git,
    /** Commits and pushes a file of this content; returns the commit. */
    commit: async (content: string): Promise<string> => {
      writeFileSync(path.join(clone, "compose.yml"), content);
      await git("add", ".");
      await git("commit", "-qm", content);
      return push();
    },
    /** Reverts and pushes the newest commit; returns the one that does it. */
    revert: async (): Promise<string> => {
      await git("revert", "--no-edit", "HEAD");
      return push();
    },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

/** Git's own server, as a web server runs it; `/private` wants the token. */
function serve(folder: string): Server {
  const expected = `Basic ${Buffer.from(`x-access-token:${REPOSITORY_TOKEN}`).toString("base64")}`;
  return createServer((request, response) => {
    const [, area, rest] = /^\/(public|private)(\/.*)$/.exec(request.url ?? "") ?? [];
    if (area === undefined || rest === undefined) return void response.writeHead(404).end();
    if (area === "private" && request.headers.authorization !== expected) return void response.writeHead(401).end();
    const backend = spawn("git", ["http-backend"], {
      env: {
        PATH,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: rest,
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers["content-type"],
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      },
    });
    backend.once("error", () => response.destroy());
    // It leaves when it has read what it wants, sometimes before the end of what it is sent.
    backend.stdin.on("error", () => request.resume());
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
