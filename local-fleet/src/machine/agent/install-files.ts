import { chmod, copyFile, lstat, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { Appspec } from "./appspec.ts";

export interface InstallSpec {
  readonly appspec: Appspec;
  /** The unpacked revision. */
  readonly archive: string;
  /** Where a path of the instance lies on this machine. Throws a sentence for one that it has no place for. */
  readonly place: (path: string) => string;
  /** Counts where the appspec says nothing. */
  readonly fileExistsBehavior: "DISALLOW" | "OVERWRITE" | "RETAIN";
  /** Remembers what was installed, so that the next installation removes it first, as the agent does. */
  readonly record: string;
}

/** Carries out `files` and `permissions` of an appspec. Rejects with a sentence; returns the folders and files that it was told to fill. */
export async function installFiles(spec: InstallSpec): Promise<string[]> {
  const { appspec, archive, record } = spec;
  for (const file of await installedBefore(record)) await rm(file, { force: true });
  const installed: string[] = [];
  const destinations: string[] = [];
  const behavior = appspec.file_exists_behavior ?? spec.fileExistsBehavior;
  for (const { source, destination } of appspec.files) {
    const from = join(archive, source);
    const to = spec.place(destination);
    const found = await stat(from).catch(() => undefined);
    if (!found) throw new Error(`No such file or directory - ${source}: correct "files" in appspec.yml`);
    destinations.push(to);
    for (const file of found.isDirectory() ? await filesBelow(from) : [from]) {
      const path = found.isDirectory() ? join(to, relative(from, file)) : join(to, basename(file));
      const exists = await lstat(path).then(
        () => true,
        () => false,
      );
      if (exists && behavior === "RETAIN") continue;
      if (exists && behavior === "DISALLOW")
        throw new Error(
          `The deployment failed because a specified file already exists at this location: ${relative(to, path)}`,
        );
      await mkdir(dirname(path), { recursive: true });
      await copyFile(file, path);
      await chmod(path, (await stat(file)).mode);
      installed.push(path);
    }
  }
  await setModes(appspec, spec.place);
  await writeFile(record, JSON.stringify(installed));
  return destinations;
}

async function setModes(appspec: Appspec, place: (path: string) => string): Promise<void> {
  for (const { object, pattern, mode, type } of appspec.permissions) {
    if (mode === undefined || !type.includes("file")) continue;
    const named = new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll(/\*+/g, ".*")}$`);
    for (const file of await filesBelow(place(object)))
      if (named.test(basename(file))) await chmod(file, Number.parseInt(mode, 8));
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

async function installedBefore(record: string): Promise<string[]> {
  const text = await readFile(record, "utf8").catch(() => "[]");
  return JSON.parse(text) as string[];
}
