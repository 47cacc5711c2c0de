/**
 * Which parts of ours each part may import, by the names of their packages: arrows go downwards only (docs/architecture.md). `test/guards.test.ts`
 * plants an import for every pair, allowed or not, and Biome's rules have to tell them apart. The core's own parts are guarded there one by one.
 */
export const arrows = {
  process: [],
  "service-a": [],
  files: ["fleet", "process"],
  "release-aws": ["fleet", "releases"],
  infra: ["files", "fleet", "policy"],
  wh: ["fleet", "policy", "release-aws", "releases", "wh-api"],
  emulator: ["fleet", "group-model", "process"],
  "local-fleet": ["emulator", "fleet", "group-model", "process", "wh-api"],
  load: ["fleet", "process"],
  cli: [
    "compose",
    "files",
    "fleet",
    "load",
    "local-fleet",
    "policy",
    "process",
    "release-aws",
    "releases",
    "render",
    "wh-api",
  ],
  bench: [
    "cli",
    "files",
    "fleet",
    "load",
    "local-fleet",
    "policy",
    "process",
    "release-aws",
    "releases",
    "render",
    "wh-api",
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Every part that could be imported, and its folder. */
export const importable: Readonly<Record<string, string>> = {
  bench: "bench",
  cli: "cli",
  compose: "core/compose",
  emulator: "emulator",
  files: "files",
  fleet: "core/fleet",
  "group-model": "core/group-model",
  infra: "infra",
  load: "load",
  "local-fleet": "local-fleet",
  policy: "core/policy",
  process: "process",
  "release-aws": "release-aws",
  releases: "core/releases",
  render: "core/render",
  "service-a": "service-a",
  wh: "wh",
  "wh-api": "core/wh-api",
};
