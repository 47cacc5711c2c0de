import { mkdir, rmdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it that are missing; returns the ones it made, the innermost last. Rejects with the file system's error,
 * and none is left then. Node's own `recursive` never ends where the kernel answers "no such file" for a folder that is there, as in /proc.
 */
export async function makeFolder(path: string, mode = 0o777): Promise<readonly string[]> {
  const missing: string[] = [];
  let folder = resolve(path);
  while (!(await isFolder(folder))) {
    missing.unshift(folder);
    const above = dirname(folder);
    if (above === folder) break;
    folder = above;
  }
  const made: string[] = [];
  try {
    for (const each of missing) if (await makeOne(each, mode)) made.push(each);
    return made;
  } catch (error) {
    await removeMade(made);
    throw error;
  }
}

/** Takes away what `makeFolder` made, as far as nothing else has come into it. */
export async function removeMade(made: readonly string[]): Promise<void> {
  for (const folder of [...made].reverse()) await rmdir(folder).catch(() => undefined);
}

/** Whether it was made; false where somebody else was faster. */
async function makeOne(folder: string, mode: number): Promise<boolean> {
  try {
    await mkdir(folder, { mode });
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST") && (await isFolder(folder))) return false;
    throw error;
  }
}

/** Rejects where it is something else, a link to nowhere among them, or cannot be looked at. */
async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
    throw Object.assign(new Error(`${path} is not a folder`), { code: "ENOTDIR", path, syscall: "mkdir" });
  } catch (error) {
    if (isCode(error, "ENOENT")) return false;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
