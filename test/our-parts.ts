/**
 * The folders of this repository whose code is ours to judge. Everything else belongs to whoever forked it: lint, types, knip and tests leave it alone.
 * `test/our-parts.test.ts` holds the configurations that cannot import this list against it.
 */
export const ourParts = [
  "bench",
  "cli",
  "console",
  "core",
  "emulator",
  "files",
  "infra",
  "load",
  "local-fleet",
  "process",
  "release-aws",
  "service-a",
  "setup",
  "simulator",
  "stack-prometheus",
  "stack-worker",
  "test",
  "wh",
] as const;

/** Inside of our parts: where a user's own files go. */
export const userFolders = ["stack-worker/services"] as const;

/** Files beside the folders that are ours. */
export const ourRootFiles = [
  "biome.json",
  "cdktf.json",
  "knip.ts",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts",
] as const;
