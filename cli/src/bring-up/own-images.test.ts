import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Progress } from "@compose-fleet/process";
import { type Command, type CommandResult, commandText, type Runner } from "@compose-fleet/process";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureOwnImages } from "./own-images.ts";

let root: string;
const ran: string[] = [];
const images = new Set<string>();
const ok = (stdout = ""): CommandResult => ({ exitCode: 0, stdout, stderr: "", missing: false, timedOut: false });
const no = (stderr: string): CommandResult => ({ ...ok(), exitCode: 1, stderr });
let buildResult = ok();

// Docker as far as it matters here: it knows tags, and a build adds one.
const runner: Runner = {
  run: async (command: Command) => {
    ran.push(commandText(command));
    const tag = command.args.at(-1) ?? "";
    if (command.args.includes("--format")) return ok("sha256:base");
    if (command.args[1] === "inspect") return images.has(tag) ? ok() : no("no such image");
    if (command.args[0] === "build" && command.file === "docker") {
      if (buildResult.exitCode === 0) images.add(command.args[command.args.indexOf("--tag") + 1] ?? "");
      return buildResult;
    }
    return ok();
  },
};
const builds = () => ran.filter((text) => text.startsWith("docker build"));
const progress: Progress = { note: () => {}, step: () => ({ update: () => {}, done: () => {}, fail: () => {} }) };
const ensure = () => ensureOwnImages({ runner, progress, root }, "node:24");

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "own-images-"));
  ran.length = 0;
  images.clear();
  buildResult = ok();
  for (const name of ["wh", "service-a"]) {
    await mkdir(join(root, name, "dist"), { recursive: true });
    await writeFile(join(root, name, "Dockerfile"), "FROM x");
    await writeFile(join(root, name, "dist", `${name}.mjs`), "1");
  }
});
afterEach(() => rm(root, { recursive: true }));

test("both are built on the node image of this machine, and named by variable", async () => {
  const tags = await ensure();
  expect(Object.keys(tags).sort()).toEqual(["SERVICE_A_IMAGE", "WH_IMAGE"]);
  expect(tags.WH_IMAGE).toMatch(/^compose-fleet\/wh:[0-9a-f]{12}$/);
  expect(builds()).toHaveLength(2);
  expect(builds()[0]).toContain("NODE_IMAGE=node:24");
});

test("an unchanged one is not built again, a changed one is", async () => {
  await ensure();
  await ensure();
  expect(builds()).toHaveLength(2);
  await writeFile(join(root, "wh", "dist", "wh.mjs"), "2");
  await ensure();
  expect(builds()).toHaveLength(3);
  await mkdir(join(root, "wh", "dist", "console"));
  await writeFile(join(root, "wh", "dist", "console", "index.html"), "the console");
  await ensure();
  expect(builds()).toHaveLength(4);
});

test("a build that fails says what it said", async () => {
  buildResult = no("COPY failed: no such file");
  await expect(ensure()).rejects.toThrow(
    /^Building compose-fleet\/\S+ failed \(exit code 1\):\nCOPY failed: no such file$/,
  );
});
