import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AptSource, parseDeb822, parseOneLine } from "./apt-sources.ts";
import { isOnPath } from "./programs.ts";

/** Facts about this machine that decide how it is set up. */
export interface Host {
  readonly platform: string;
  readonly isRoot: boolean;
  /** Home folder of the user, for Docker's plugins. */
  readonly home: string;
  /** Value of DOCKER_HOST; undefined if unset. */
  readonly dockerHost?: string;
  /** Epoch milliseconds. */
  nowMs(): number;
  exists(path: string): boolean;
  /** Whether a program of that name can be called. */
  has(program: string): boolean;
  aptSources(): Promise<AptSource[]>;
}

/** The real machine. `home`, `dockerHost` and `path` (where programs are looked for) come from the composition root. */
export function createHost(facts: {
  readonly home: string;
  readonly dockerHost?: string;
  readonly path: string;
  readonly nowMs: () => number;
}): Host {
  const { path, ...rest } = facts;
  return {
    ...rest,
    has: (program) => isOnPath(program, path),
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    exists: existsSync,
    aptSources: () => readAptSources("/etc/apt"),
  };
}

/** All enabled binary sources under an apt configuration folder, in the order apt reads them. */
export async function readAptSources(folder: string): Promise<AptSource[]> {
  const sources = parseOneLine(await readOrEmpty(join(folder, "sources.list")));
  const parts = join(folder, "sources.list.d");
  for (const name of (await readdir(parts).catch(() => [])).sort()) {
    if (name.endsWith(".list")) sources.push(...parseOneLine(await readOrEmpty(join(parts, name))));
    if (name.endsWith(".sources")) sources.push(...parseDeb822(await readOrEmpty(join(parts, name))));
  }
  return sources;
}

function readOrEmpty(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
