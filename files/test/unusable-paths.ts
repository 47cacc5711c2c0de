import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why nobody can write a file, or make a folder, at a path. */
export interface UnusablePath {
  readonly why: string;
  readonly path: string;
}

/** For tests: a folder with paths that cannot be written, of every kind that this machine and this user can make. Call `remove` at the end. */
export function unusablePaths(): {
  readonly folder: string;
  readonly paths: readonly UnusablePath[];
  remove(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), "unusable-"));
  const at = (name: string) => join(folder, name);
  writeFileSync(at("file"), "kept");
  mkdirSync(at("folder"));
  symlinkSync("circle", at("circle"));
  symlinkSync(at("nowhere/at/all"), at("dangling"));
  const paths: UnusablePath[] = [
    { why: "/proc", path: "/proc/x" },
    { why: "below a folder of /proc that is not there", path: "/proc/x/y/z" },
    { why: "a file where a folder has to be", path: at("file/x") },
    { why: "links in a circle", path: at("circle") },
    { why: "below links in a circle", path: at("circle/x/y") },
    { why: "a link to nowhere", path: at("dangling") },
    { why: "below a link to nowhere", path: at("dangling/x") },
    { why: "a name too long", path: at("n".repeat(300)) },
    { why: "a folder's name too long", path: at(`${"n".repeat(300)}/x`) },
    { why: "a path too long", path: at("n/".repeat(3_000)) },
    { why: "a line break", path: at("a\nb") },
    { why: "a NUL", path: at("a\0b") },
    { why: "nothing", path: "" },
  ];
  const unmount: string[] = [];
  const mount = (name: string, options: string, fill: (path: string) => void): void => {
    mkdirSync(at(name));
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", at(name)]).status !== 0) return;
    unmount.push(at(name));
    fill(at(name));
    if (options !== "") execFileSync("mount", ["-o", `remount,${options}`, at(name)]);
  };
  if (process.getuid?.() === 0) {
    mount("full", "", (path) => {
      try {
        writeFileSync(join(path, "stuff"), Buffer.alloc(64 * 1024));
      } catch {
        // It is full now, as it should be.
      }
    });
    mount("read-only", "ro", () => {});
  } else {
    mkdirSync(at("read-only"));
    chmodSync(at("read-only"), 0o500);
  }
  if (unmount.includes(at("full"))) paths.push({ why: "a full disk", path: at("full/x") });
  if (unmount.includes(at("read-only")) || process.getuid?.() !== 0)
    paths.push({ why: "a read-only folder", path: at("read-only/x") });
  return {
    folder,
    paths,
    remove: () => {
      for (const each of unmount) execFileSync("umount", [each]);
      chmodSync(folder, 0o700);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
