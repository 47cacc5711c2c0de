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
  for (const place of ["", ...workspaces]) {
    const modules = path.join(project, place, "node_modules");
    const isThere = await readdir(modules).catch(() => undefined);
    if (isThere !== undefined) await symlink(modules, path.join(folder, place, "node_modules"));
  }
  return folder;
}
