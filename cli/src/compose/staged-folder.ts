import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import type { PathKind } from "@compose-fleet/compose";

/** One file of a stack. */
export interface ComposeFile {
  /** Relative to the stack's folder, with forward slashes. */
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer;
}

/** A stack as a machine gets it, in a folder of its own. */
export interface StagedFolder {
  readonly folder: string;
  /** What lies at an absolute path that compose made of one in the stack. */
  look(path: string): PathKind;
}

/** Deep enough that no `../../..` in a compose file leaves the temporary folder. */
const DEPTH = "repository/of/this/fleet";

/** Writes the files into a new temporary folder for the time of `use`. Rejects with the file system's errors, and with those of `use`. */
export async function withStagedFolder<T>(
  files: readonly ComposeFile[],
  use: (staged: StagedFolder) => Promise<T>,
): Promise<T> {
  const top = await mkdtemp(join(tmpdir(), "fleet-stack-"));
  const folder = join(top, DEPTH, "stack");
  try {
    await mkdir(folder, { recursive: true });
    const kinds = new Map<string, PathKind>([[folder, "folder"]]);
    for (const { path, mode, content } of files) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, content);
      await chmod(target, mode);
      kinds.set(target, "file");
      for (let above = dirname(target); above.length > folder.length; above = dirname(above))
        kinds.set(above, "folder");
    }
    const look = (given: string): PathKind => {
      const path = resolve(join(folder, "services"), given);
      if (path === folder || path.startsWith(folder + sep)) return kinds.get(path) ?? "missing";
      return path.startsWith(top + sep) ? "outside" : "machine";
    };
    return await use({ folder, look });
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}

/** Whether a folder is there. */
export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
