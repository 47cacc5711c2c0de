import { request } from "undici";
import { pktLine, readPktLines } from "./pkt-line.ts";
import type { Branch } from "./ports.ts";

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 1024 ** 2;
const REF = /^([0-9a-f]{40}|[0-9a-f]{64}) (\S+)/;

export interface GitBranchOptions {
  /** Address of the repository, as `git clone` takes it over HTTP. */
  readonly repository: string;
  readonly branch: string;
  /** For a private repository; sent as a password, as Git hosts take tokens. */
  readonly token?: string;
}

/** A branch by Git's smart HTTP, protocol version 2: one request that asks for one reference. */
export function createGitBranch({ repository, branch, token }: GitBranchOptions): Branch {
  const reference = `refs/heads/${branch}`;
  const body = [pktLine("command=ls-refs\n"), "0001", pktLine(`ref-prefix ${reference}\n`), "0000"].join("");
  const headers: Record<string, string> = {
    "git-protocol": "version=2",
    "content-type": "application/x-git-upload-pack-request",
    accept: "application/x-git-upload-pack-result",
    "user-agent": "git/compose-fleet",
  };
  if (token !== undefined) headers.authorization = `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;

  return {
    head: async () => {
      const response = await request(`${repository.replace(/\/+$/, "")}/git-upload-pack`, {
        method: "POST",
        headers,
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const text = await limited(response.body);
      if (response.statusCode !== 200) throw new Error(refusal(response.statusCode, token !== undefined));
      for (const line of readPktLines(text)) {
        const [, commit, name] = REF.exec(line) ?? [];
        if (commit !== undefined && name === reference) return commit;
      }
      throw new Error(`the repository has no branch ${branch}: push it, or correct releases.pull.branch`);
    },
  };
}

function refusal(status: number, hasToken: boolean): string {
  if (status === 401 || status === 403 || status === 404) {
    return hasToken
      ? `the repository answered ${status}: look whether the secret REPOSITORY_TOKEN still allows reading it`
      : `the repository answered ${status}: correct releases.pull.repository, or set releases.pull.private and the secret REPOSITORY_TOKEN`;
  }
  if (status >= 300 && status < 400) return `the repository has moved (${status}): write its new address`;
  return `the repository answered ${status}`;
}

async function limited(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > MAX_BYTES)
      throw new Error("the repository's answer is too long: it does not speak Git's protocol version 2");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
