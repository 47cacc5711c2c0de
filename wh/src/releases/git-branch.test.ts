import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REPOSITORY_TOKEN, startGitRemote } from "../test-support/git-remote.ts";
import { createGitBranch } from "./git-branch.ts";

// Pull mode as a whole is test/pull-mode.integration.test.ts.

let remote: Awaited<ReturnType<typeof startGitRemote>>;
beforeAll(async () => {
  remote = await startGitRemote();
  await remote.commit("one");
  await remote.commit("two");
});
afterAll(() => remote.close());

describe("a branch", () => {
  const headOf = (options: { area?: string; branch?: string; token?: string; name?: string }) => {
    const { area = "public", branch = "main", name = "fleet.git", token } = options;
    const repository = `${remote.url}/${area}/${name}`;
    return createGitBranch({ repository, branch, ...(token === undefined ? {} : { token }) }).head();
  };

  test("is found by its whole name among those that begin like it, and with slashes in it", async () => {
    const { git } = remote;
    await git("push", "-q", "origin", "main:mainline", "main~1:refs/heads/release/2026");
    expect(await headOf({})).toBe(await git("rev-parse", "main"));
    expect(await headOf({ branch: "release/2026" })).toBe(await git("rev-parse", "main~1"));
  });

  test("of a private repository is read with its token", async () => {
    expect(await headOf({ area: "private", token: REPOSITORY_TOKEN })).toMatch(/^[0-9a-f]{40}$/);
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
