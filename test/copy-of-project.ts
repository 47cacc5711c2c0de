import { cp, mkdtemp, readdir, readFile, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** The folder of this repository. */
export const project = path.resolve(import.meta.dirname, "..");
const LEFT_OUT = new Set(["node_modules", ".git", ".fleet", "dist", "cdktf.out"]);

/** Copies the project, as it lies here, into a new folder, whose packages are links to this one's. The folder is the caller's to remove. */
export async function copyOfProject(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "fleet-copy-"));
  await cp(project, folder, { recursive: true, filter: (source) => !LEFT_OUT.has(path.basename(source)) });
  const { workspaces } = JSON.parse(await readFile(path.join(project, "package.json"), "utf8")) as {
    workspaces: string[];
  };
  const places = await Promise.all(workspaces.map((place) => foldersOf(place)));
  for (const place of ["", ...places.flat()]) {
    const modules = path.join(project, place, "node_modules");
    const isThere = await readdir(modules).catch(() => undefined);
    if (isThere !== undefined) await symlink(modules, path.join(folder, place, "node_modules"));
  }
  return folder;
}

/** The folders that a workspace of package.json names: `core/*` is each of them. */
async function foldersOf(workspace: string): Promise<readonly string[]> {
  const parent = /^(.+)\/\*$/.exec(workspace)?.[1];
  if (parent === undefined) return [workspace];
  return (await readdir(path.join(project, parent))).map((name) => `${parent}/${name}`);
}
