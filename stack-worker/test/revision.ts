import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { parseFleetConfig } from "@compose-fleet/fleet";
import { renderStackWorker } from "@compose-fleet/render";
import { writeRendered } from "../../cli/src/render/files.ts";

const STACK = resolve(import.meta.dirname, "..");

/** What a revision differs in. */
export interface RevisionOptions {
  readonly name: string;
  readonly fleet: object;
  /** Image references, by variable. */
  readonly images: Readonly<Record<string, string>>;
  /** Texts to replace in its files, by path; a file that is not there is made. */
  readonly edits?: Readonly<Record<string, (text: string) => string>>;
}

/** Puts a revision together below `folder`, as `fleet release` uploads it; gives where it lies. */
export async function writeRevision(folder: string, options: RevisionOptions): Promise<string> {
  const parsed = parseFleetConfig(options.fleet);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  await mkdir(folder, { recursive: true });
  const home = await mkdtemp(join(folder, "revision-"));
  const archive = join(home, "stack-worker");
  await cp(STACK, archive, {
    recursive: true,
    filter: (path) => basename(path) !== "test" && !path.endsWith(".test.ts"),
  });
  await writeRendered(home, renderStackWorker(parsed.config));
  const env = Object.entries(options.images).map(([variable, image]) => `${variable}=${image}\n`);
  await writeFile(join(archive, ".env"), env.join(""));
  await writeFile(join(archive, "revision.json"), JSON.stringify({ revision: options.name, images: options.images }));
  for (const [path, edit] of Object.entries(options.edits ?? {})) await editFile(join(archive, path), edit);
  return archive;
}

/** Replaces the text of a file, empty where there is none. */
export async function editFile(path: string, edit: (text: string) => string): Promise<void> {
  await writeFile(path, edit(existsSync(path) ? await readFile(path, "utf8") : ""));
}
