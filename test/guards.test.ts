import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { arrows, importable } from "./arrows.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

type Planted = readonly [what: string, folder: string, code: string, rule: string | undefined];

/** An import of each part by each other one, by its name and by its path. */
const ARROWS: readonly Planted[] = Object.entries(arrows).flatMap(([part, allowed]) =>
  Object.entries(importable).flatMap(([name, folder]): readonly Planted[] => {
    if (name === part) return [];
    const rule = (allowed as readonly string[]).includes(name) ? undefined : "noRestrictedImports";
    const code = (from: string) => `import { x } from "${from}";\nexport const y = x;\n`;
    return [
      [`${part} imports ${name} by name`, `${part}/src`, code(`@compose-fleet/${name}`), rule],
      [`${part} imports a part of ${name}`, `${part}/src`, code(`@compose-fleet/${name}/part`), rule],
      [`${part} imports ${name} by path`, `${part}/src`, code(`../../${folder}/src/x.ts`), rule],
    ];
  }),
);

/** What each part of the core may import: core/fleet by its name, and nothing else of ours. */
const CORE: readonly Planted[] = Object.entries(importable)
  .filter(([, folder]) => folder.startsWith("core/"))
  .flatMap(([part, where]) =>
    Object.entries(importable).flatMap(([name, folder]): readonly Planted[] => {
      if (name === part) return [];
      const code = (from: string) => `import { x } from "${from}";\nexport const y = x;\n`;
      const rule = name === "fleet" ? undefined : "noRestrictedImports";
      return [
        [`core/${part} imports ${name} by name`, `${where}/src`, code(`@compose-fleet/${name}`), rule],
        [
          `core/${part} imports ${name} by path`,
          `${where}/src`,
          code(`../../../${folder}/src/x.ts`),
          "noRestrictedImports",
        ],
      ];
    }),
  );

/** Rule that must catch it (none: it is allowed), folder, code. */
const PLANTED: readonly Planted[] = [
  ...ARROWS,
  ...CORE,
  [
    "render reads a file",
    "core/render/src",
    'import { readFile } from "node:fs/promises";\nexport const x = readFile;\n',
    "noRestrictedImports",
  ],
  [
    "render writes YAML",
    "core/render/src",
    'import { Document } from "yaml";\nexport const x = Document;\n',
    undefined,
  ],
  [
    "compose runs a program",
    "core/compose/src",
    'import { execFile } from "node:child_process";\nexport const x = execFile;\n',
    "noRestrictedImports",
  ],
  [
    "compose reads the environment",
    "core/compose/src",
    "export const x = () => process.cwd();\n",
    "noRestrictedGlobals",
  ],
  [
    "policy imports node",
    "core/policy/src",
    'import fs from "node:fs";\nexport const x = fs;\n',
    "noRestrictedImports",
  ],
  [
    "policy imports wh",
    "core/policy/src",
    'import { x } from "@compose-fleet/wh";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  [
    "policy imports fleet",
    "core/policy/src",
    'import { x } from "@compose-fleet/fleet";\nexport const y = x;\n',
    undefined,
  ],
  [
    "fleet imports policy",
    "core/fleet/src",
    'import { x } from "@compose-fleet/policy";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  ["policy reads the clock", "core/policy/src", "export const now = () => Date.now();\n", "noRestrictedGlobals"],
  [
    "group-model sets a timer",
    "core/group-model/src",
    "export const x = () => setTimeout(() => {}, 1);\n",
    "noRestrictedGlobals",
  ],
  [
    "group-model imports policy",
    "core/group-model/src",
    'import { x } from "@compose-fleet/policy";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  [
    "wh-api imports policy",
    "core/wh-api/src",
    'import { x } from "@compose-fleet/policy";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  [
    "releases imports the AWS SDK",
    "core/releases/src",
    'import { S3Client } from "@aws-sdk/client-s3";\nexport const y = S3Client;\n',
    "noRestrictedImports",
  ],
  ["releases reads the clock", "core/releases/src", "export const now = () => Date.now();\n", "noRestrictedGlobals"],
  ["wh imports releases", "wh/src", 'import { x } from "@compose-fleet/releases";\nexport const y = x;\n', undefined],
  [
    "release-aws imports cli",
    "release-aws/src",
    'import { x } from "../../cli/src/x.ts";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  [
    "release-aws imports policy",
    "release-aws/src",
    'import { x } from "@compose-fleet/policy";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  [
    "local-fleet imports release-aws",
    "local-fleet/src",
    'import { x } from "@compose-fleet/release-aws/deployments";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  [
    "release-aws imports releases",
    "release-aws/src",
    'import { x } from "@compose-fleet/releases";\nexport const y = x;\n',
    undefined,
  ],
  [
    "wh imports a path of local-fleet",
    "wh/src",
    'import { x } from "@compose-fleet/local-fleet/session";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  [
    "wh imports release-aws",
    "wh/src",
    'import { x } from "@compose-fleet/release-aws/deployments";\nexport const y = x;\n',
    undefined,
  ],
  [
    "wh-api reaches into another part of the core",
    "core/wh-api/src",
    'import { x } from "../../releases/src/x.ts";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  [
    "wh-api fetches by itself",
    "core/wh-api/src",
    'export const x = () => fetch("http://example.com");\n',
    "noRestrictedGlobals",
  ],
  [
    "infra imports wh-api",
    "infra/src",
    'import { x } from "@compose-fleet/wh-api";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  [
    "wh-api imports zod and itself",
    "core/wh-api/src",
    'import { z } from "zod";\nimport { y } from "./y.ts";\nexport const x = [z, y];\n',
    undefined,
  ],
  ["wh imports wh-api", "wh/src", 'import { x } from "@compose-fleet/wh-api";\nexport const y = x;\n', undefined],
  ["cli imports wh-api", "cli/src", 'import { x } from "@compose-fleet/wh-api";\nexport const y = x;\n', undefined],
  [
    "local-fleet imports wh-api",
    "local-fleet/src",
    'import { x } from "@compose-fleet/wh-api";\nexport const y = x;\n',
    undefined,
  ],
  [
    "wh imports local-fleet",
    "wh/src",
    'import { x } from "@compose-fleet/local-fleet";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  [
    "local-fleet imports wh",
    "local-fleet/src",
    'import { x } from "../../wh/src/x.ts";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  [
    "local-fleet imports cli",
    "local-fleet/src",
    'import { x } from "@compose-fleet/cli";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  [
    "service-a imports policy",
    "service-a/src",
    'import { x } from "@compose-fleet/policy";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  ["cli imports wh", "cli/src", 'import { x } from "../../wh/src/x.ts";\nexport const y = x;\n', "noRestrictedImports"],
  [
    "infra imports wh",
    "infra/src",
    'import { x } from "../../wh/src/x.ts";\nexport const y = x;\n',
    "noRestrictedImports",
  ],
  [
    "infra imports the index of a provider",
    "infra/src",
    'import { vpc } from "@cdktf/provider-aws";\nexport const y = vpc;\n',
    "noRestrictedImports",
  ],
  ["wh imports cdktf", "wh/src", 'import { App } from "cdktf";\nexport const y = App;\n', "noRestrictedImports"],
  ["anybody reads the environment", "wh/src", "export const x = process.env.HOME;\n", "noProcessEnv"],
  ["anybody writes to the console", "wh/src", "console.log(1);\n", "noConsole"],
  ["anybody forgets a promise", "wh/src", "const f = async (): Promise<number> => 1;\nf();\n", "noFloatingPromises"],
  [
    "policy imports zod and itself",
    "core/policy/src",
    'import { z } from "zod";\nimport { y } from "./y.ts";\nexport const x = [z, y];\n',
    undefined,
  ],
  [
    "infra imports policy and one resource",
    "infra/src",
    'import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";\nimport { x } from "@compose-fleet/policy";\nexport const y = [Vpc, x];\n',
    undefined,
  ],
  ["wh imports policy", "wh/src", 'import { x } from "@compose-fleet/policy";\nexport const y = x;\n', undefined],
  [
    "cli imports local-fleet",
    "cli/src",
    'import { x } from "@compose-fleet/local-fleet";\nexport const y = x;\n',
    undefined,
  ],
];

const fileOf = (index: number) => `${PLANTED[index]?.[1]}/planted-${index}.ts`;

describe("the linter guards the architecture", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "guards-"));
  /** What the linter said of each planted file, by its number. */
  const findings = new Map<number, string[]>();

  beforeAll(() => {
    const config = JSON.parse(readFileSync(path.join(root, "biome.json"), "utf8"));
    writeFileSync(
      path.join(folder, "biome.json"),
      JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }),
    );
    for (const [index, [, where, code]] of PLANTED.entries()) {
      mkdirSync(path.join(folder, where), { recursive: true });
      writeFileSync(path.join(folder, fileOf(index)), code);
    }
    const biome = path.join(root, "node_modules/@biomejs/biome/bin/biome");
    let said = "";
    try {
      execFileSync(process.execPath, [biome, "lint", "--reporter=github", "--max-diagnostics=none"], {
        cwd: folder,
        encoding: "utf8",
        stdio: "pipe",
      });
    } catch (error) {
      said = error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
    }
    for (const line of said.split("\n")) {
      const [, index] = /planted-(\d+)\.ts/.exec(line) ?? [];
      findings.set(Number(index), [...(findings.get(Number(index)) ?? []), line]);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(PLANTED.map(([what, , , rule], index) => [what, rule, index] as const))("%s: %s", (_what, rule, index) => {
    const lines = (findings.get(index) ?? []).filter((line) => line.includes(fileOf(index)));
    if (rule) expect(lines.join("\n")).toContain(rule);
    else expect(lines).toEqual([]);
  });
});
