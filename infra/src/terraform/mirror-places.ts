import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { MirrorSearch } from "./find-mirror.ts";

/** What of the environment tells where providers lie. */
export interface MirrorEnvironment {
  readonly TF_MIRROR_DIR?: string | undefined;
  readonly TF_PLUGIN_CACHE_DIR?: string | undefined;
  readonly XDG_DATA_HOME?: string | undefined;
  readonly XDG_DATA_DIRS?: string | undefined;
}

/** Folders that programs are commonly installed below. */
const INSTALL_ROOTS = ["/opt", "/usr/local", "/srv", "/var/lib"];

/** Where this machine may have a provider mirror: Terraform's implied local mirrors first, as its documentation lists them. */
export function mirrorPlaces(env: MirrorEnvironment, home: string, platform: NodeJS.Platform): MirrorSearch {
  const shared =
    platform === "darwin"
      ? [join(home, "Library/Application Support/io.terraform"), "/Library/Application Support/io.terraform"]
      : [
          join(env.XDG_DATA_HOME || join(home, ".local/share"), "terraform"),
          ...(env.XDG_DATA_DIRS || "/usr/local/share:/usr/share").split(":").map((folder) => join(folder, "terraform")),
        ];
  return {
    given: env.TF_MIRROR_DIR || undefined,
    implied: [
      ...(env.TF_PLUGIN_CACHE_DIR ? [env.TF_PLUGIN_CACHE_DIR] : []),
      join(home, ".terraform.d/plugins"),
      ...shared.map((folder) => join(folder, "plugins")),
    ],
    roots: [...INSTALL_ROOTS, home],
    folders: (path) =>
      list(path)
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name),
    entries: (path) => list(path).map((entry) => entry.name),
  };
}

function list(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    // Not there, or not ours to read: no mirror either way.
    return [];
  }
}
