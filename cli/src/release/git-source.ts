import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Runner } from "@compose-fleet/process";
import { CliError, command, tailOf } from "@compose-fleet/process";
import type { StackFile } from "./stack-file.ts";

/** The commit that is checked out. */
export interface Commit {
  /** 40 digits. */
  readonly id: string;
  /** First line of its message. */
  readonly subject: string;
}

/** The repository that is released from. */
export interface Source {
  /** The commit. Throws `CliError` with the list of files where the tree is not what was committed. */
  cleanCommit(): Promise<Commit>;
  /** Files of a folder that git knows, with their content on disk; paths are relative to the folder. Throws `CliError`. */
  files(folder: string): Promise<readonly StackFile[]>;
}

const MAX_LISTED = 20;
const EXECUTABLE = "100755";

/** The git repository at `root`. */
export function createGitSource({ runner, root }: { readonly runner: Runner; readonly root: string }): Source {
  async function git(...args: readonly string[]): Promise<string> {
    const result = await runner.run({ ...command("git", ...args), cwd: root });
    if (result.missing) throw new CliError("git is not installed: a release is made from a commit.");
    if (result.exitCode !== 0)
      throw new CliError(`git ${args[0]} failed in ${root}, where a release is made from:\n${tailOf(result)}`);
    return result.stdout;
  }
  return {
    cleanCommit: async () => {
      const [id = "", subject = ""] = (await git("log", "-1", "--format=%H%n%s")).split("\n");
      const changed = (await git("status", "--porcelain", "--untracked-files=normal"))
        .split("\n")
        .filter((line) => line !== "");
      if (changed.length === 0) return { id, subject };
      const more = changed.length - MAX_LISTED;
      throw new CliError(
        [
          `The tree is not what was committed (${changed.length} ${changed.length === 1 ? "file" : "files"}), and a release is made from a commit. Nothing was changed. Commit, stash or remove:`,
          ...changed.slice(0, MAX_LISTED).map((line) => `  ${line}`),
          ...(more > 0 ? [`  and ${more} more`] : []),
        ].join("\n"),
      );
    },
    files: async (folder) => {
      const listed = (await git("ls-files", "--stage", "-z", "--", folder)).split("\0").filter((line) => line !== "");
      return Promise.all(
        listed.map(async (line) => {
          const [info = "", path = ""] = line.split("\t");
          return {
            path: path.slice(folder.length + 1),
            mode: info.startsWith(EXECUTABLE) ? 0o755 : 0o644,
            content: await readFile(join(root, path)),
          };
        }),
      );
    },
  };
}
