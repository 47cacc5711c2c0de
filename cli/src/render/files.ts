import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFiles } from "@compose-fleet/files";
import type { RenderedFile } from "@compose-fleet/render";

/** A rendered file on disk that is not what `fleet.yaml` says. */
export interface Drift {
  /** Relative to the project's root. */
  readonly path: string;
  readonly kind: "missing" | "different" | "extra";
}

const RENDERED_FOLDER = /^(.*\/)?rendered\//;
const DEFAULT_MODE = 0o644;

/** Writes the files under `root` and removes what is left in their `rendered/` folders from earlier. Rejects with `PathError`; nothing is changed then. */
export async function writeRendered(root: string, files: readonly RenderedFile[]): Promise<void> {
  await writeFiles(files.map(({ path, content, mode = DEFAULT_MODE }) => ({ path: join(root, path), content, mode })));
  for (const path of await extraFiles(root, files)) await rm(join(root, path));
}

/** What differs between the files and those on disk; empty when nothing does. */
export async function checkRendered(root: string, files: readonly RenderedFile[]): Promise<Drift[]> {
  const drifts: Drift[] = [];
  for (const file of files) {
    const onDisk = await readFile(join(root, file.path), "utf8").catch(() => undefined);
    if (onDisk === undefined) drifts.push({ path: file.path, kind: "missing" });
    else if (onDisk !== file.content) drifts.push({ path: file.path, kind: "different" });
  }
  for (const path of await extraFiles(root, files)) drifts.push({ path, kind: "extra" });
  return drifts;
}

async function extraFiles(root: string, files: readonly RenderedFile[]): Promise<string[]> {
  const known = new Set(files.map((file) => file.path));
  const folders = new Set(files.flatMap((file) => RENDERED_FOLDER.exec(file.path)?.[0] ?? []));
  const extra: string[] = [];
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name).slice(join(root, "/").length);
      if (entry.isFile() && !known.has(path)) extra.push(path);
    }
  }
  return extra.sort();
}
