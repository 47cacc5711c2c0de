import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { access, lstat, open, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { makeFolder, removeMade } from "./make-folder.ts";
import { PathError } from "./path-error.ts";

/** A file to be written: where, what, and with which permissions (default: those it has, else 0644). */
export interface FileToWrite {
  readonly path: string;
  readonly content: string;
  readonly mode?: number;
}

/** A file whose content is on the disk, and whose name is not yet. */
interface Staged {
  readonly path: string;
  readonly target: string;
  readonly temporary: string;
}

/**
 * Writes files whole: all are on the disk under another name before the first one appears, so that a full disk or a folder without permission changes
 * nothing. Folders that are missing are made. What is no file (a pipe, /dev/stdout) is written into. Rejects with `PathError`.
 */
export async function writeFiles(files: readonly FileToWrite[]): Promise<void> {
  const made: string[] = [];
  const staged: Staged[] = [];
  let path = "";
  try {
    for (const file of files) {
      path = file.path;
      made.push(...(await makeFolder(dirname(resolve(path)))));
      staged.push(...(await stage(file)));
    }
    for (const each of staged) {
      path = each.path;
      await rename(each.temporary, each.target);
    }
  } catch (error) {
    for (const { temporary } of staged) await rm(temporary, { force: true });
    await removeMade(made);
    throw error instanceof PathError ? error : new PathError(path, "cannot be written", error);
  }
}

/** Rejects with `PathError` where a file of this path and about this size could not be written now; leaves nothing. */
export async function checkWritable(path: string, bytes: number): Promise<void> {
  const made: string[] = [];
  try {
    made.push(...(await makeFolder(dirname(resolve(path)))));
    const target = await targetOf(path);
    if (target.isFile) await rm(await writeTemporary(target, " ".repeat(bytes)));
  } catch (error) {
    throw error instanceof PathError ? error : new PathError(path, "cannot be written", error);
  } finally {
    await removeMade(made);
  }
}

interface Target {
  /** Where it is when all links are followed. */
  readonly path: string;
  /** What is there already. */
  readonly present: Stats | undefined;
  /** A file, or nothing yet; otherwise a pipe or device. */
  readonly isFile: boolean;
}

async function targetOf(given: string): Promise<Target> {
  const path = resolve(given);
  const present = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (present === undefined) {
    const link = await lstat(path).catch(() => undefined);
    if (link?.isSymbolicLink())
      throw new PathError(given, `is a link to ${await readlink(path)}`, "that is not there; mend it, or name another");
    return { path: join(await realpath(dirname(path)), basename(path)), present, isFile: true };
  }
  if (present.isDirectory()) throw Object.assign(new Error("a folder"), { code: "EISDIR" });
  if (!present.isFile()) return { path, present, isFile: false };
  // A file that may not be written is not replaced, although its folder would permit it.
  await access(path, constants.W_OK);
  return { path: await realpath(path), present, isFile: true };
}

/** Nothing is staged of what is no file. */
async function stage({ path, content, mode }: FileToWrite): Promise<readonly Staged[]> {
  const target = await targetOf(path);
  if (target.isFile) return [{ path, target: target.path, temporary: await writeTemporary(target, content, mode) }];
  // A pipe that nobody reads would hold an ordinary open for ever; this one fails there.
  const probe = await open(target.path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    const handle = await open(target.path, constants.O_WRONLY);
    await handle.writeFile(content).finally(() => handle.close());
  } finally {
    await probe.close();
  }
  return [];
}

/** Writes into the target's folder, which is its file system; returns the path. Leaves nothing when it rejects. */
async function writeTemporary({ path, present }: Target, content: string, mode?: number): Promise<string> {
  // A name of its own, and a short one: the target's may be as long as names can be.
  const temporary = join(dirname(path), `.fleet-${randomBytes(6).toString("hex")}.new`);
  const handle = await open(temporary, "wx", 0o644);
  try {
    await handle.writeFile(content);
    if (present !== undefined && process.getuid?.() === 0) await handle.chown(present.uid, present.gid);
    const wanted = mode ?? (present === undefined ? undefined : present.mode & 0o777);
    if (wanted !== undefined) await handle.chmod(wanted);
    await handle.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  // A name that is too long only shows when the file gets it.
  await lstat(path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return;
    await rm(temporary, { force: true });
    throw error;
  });
  return temporary;
}
