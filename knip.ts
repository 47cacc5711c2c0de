import { readdirSync, readFileSync } from "node:fs";
import type { KnipConfig } from "knip";
import { ourParts, userFolders } from "./test/our-parts.ts";

const { workspaces } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as {
  workspaces: string[];
};
/** A pattern that fits nothing would be a hint of knip's. */
const hasCode = (folder: string) =>
  readdirSync(new URL(folder, import.meta.url), { recursive: true }).some((name) => /\.[cm]?[jt]sx?$/.test(`${name}`));
/** A folder of ours whose folders are packages. */
const isOfCore = (name: string) => name.startsWith("core/");
const isOurs = (name: string) => isOfCore(name) || (ourParts as readonly string[]).includes(name);

export default {
  workspaces: {
    ".": {
      entry: [
        "stack-prometheus/test/stack/receiver.mjs",
        "stack-worker/container-metrics/main.mjs",
        "stack-worker/test/fixtures/echo.mjs",
        "stack-worker/test/fixtures/web.mjs",
        "test/run/main.ts",
        "test/run/outcome-reporter.ts",
        "test/wh-reads-group.ts",
      ],
      project: [
        ...ourParts
          .filter((part) => part !== "core" && !workspaces.includes(part))
          .map((part) => `${part}/**/*.{ts,mjs}`),
        ...userFolders.map((folder) => `!${folder}/**`),
        "*.config.ts",
      ],
    },
    emulator: { entry: ["test/session-manager-plugin.mjs"] },
    // Started by name, from bin/.
    bench: { entry: ["src/main.ts"] },
    cli: { entry: ["src/main.ts"] },
    load: { entry: ["src/worker-process.ts"] },
    "local-fleet": { entry: ["src/main.ts", "bin/local-fleet.mjs"] },
    infra: {
      ignoreBinaries: ["terraform"],
      entry: ["scripts/*.ts", "test/machine/aws-server.mjs"],
    },
  },
  // Of the operating system; what brings them is in setup/src/programs.ts.
  ignoreBinaries: ["chromium", "mkfifo", "mount", "openssl", "umount"],
  // Packages that a user has added to ours.
  ignoreWorkspaces: workspaces.filter((name) => !isOurs(name)),
  // knip takes tests there for ours, by vitest's patterns, which it reads without what they leave out.
  ignore: userFolders.filter(hasCode).map((folder) => `${folder}/**`),
  ignoreExportsUsedInFile: true,
} satisfies KnipConfig;
