import { parseDeb822 } from "../src/apt-sources.ts";
import type { Host } from "../src/host.ts";

/** A Debian machine without systemd, as root, for tests; `paths` exist on it. */
export function createFakeHost(paths: readonly string[], facts: Partial<Host> = {}): Host {
  return {
    platform: "linux",
    isRoot: true,
    home: "/nonexistent",
    nowMs: () => Date.UTC(2030, 0, 1),
    exists: (path) => paths.includes(path),
    has: () => true,
    aptSources: async () =>
      parseDeb822("Types: deb\nURIs: http://mirror.test/debian\nSuites: bookworm bookworm-updates\nComponents: main\n"),
    ...facts,
  };
}

/** The paths of a Debian machine that can build stand-ins. */
export const debianPaths = [
  "/usr/bin/apt-get",
  "/usr/bin/dpkg-deb",
  "/usr/share/keyrings/debian-archive-keyring.gpg",
] as const;
