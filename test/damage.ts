import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What may have become of a file: each puts it in the place of one that was whole. */
export const DAMAGE: Readonly<Record<string, (path: string) => void>> = {
  empty: (path) => writeFileSync(path, ""),
  "NUL bytes": (path) => writeFileSync(path, Buffer.alloc(4)),
  "a NUL byte between digits": (path) => writeFileSync(path, "1\x001\n"),
  garbage: (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x24, 0x28, 0x69, 0x64, 0x29, 0x0a])),
  "something that a shell would run": (path) => writeFileSync(path, "a[$(touch /tmp/fleet-was-here)]\n"),
  "a huge number": (path) => writeFileSync(path, `${"9".repeat(40)}\n`),
  "a negative number": (path) => writeFileSync(path, "-7\n"),
  "several lines": (path) => writeFileSync(path, "1\n2\n"),
  "a folder": (path) => mkdirSync(join(path, "inside"), { recursive: true }),
  "a link to nothing": (path) => symlinkSync("/nowhere/at/all", path),
  "a link to itself": (path) => symlinkSync(path, path),
  "a device": (path) => symlinkSync("/dev/null", path),
};

/** Damages one file, which need not have been there. */
export function damage(path: string, kind: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { recursive: true, force: true });
  DAMAGE[kind]?.(path);
}

/** What a shell says when a script did not think of something: people get sentences. */
export const SHELL_WORDS = /: line \d+:|unbound variable|syntax error|ambiguous redirect|integer expression/;
