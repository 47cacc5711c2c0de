import { lstat, mkdir, readFile, readlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { command, createTerminalRunner } from "@compose-fleet/process";
import { expect, test } from "vitest";
import { createFakeRunner } from "../../process/test/fake-runner.ts";
import { createFakeHost } from "../test/fake-host.ts";
import { scratchFolder } from "../test/scratch-folder.ts";
import { finishRootfs, packRootfs } from "./rootfs.ts";
import type { Recipe } from "./stand-in-recipes.ts";

const recipe: Recipe = {
  name: "example",
  repository: "x/example",
  packages: [],
  dependencies: "named",
  tag: { fixed: "1" },
  busybox: true,
  users: [{ name: "app", uid: 1234, home: "/data" }],
  steps: [
    { move: "/usr/bin/debian-name", to: "/usr/bin/upstream-name" },
    { folder: "/data" },
    { link: "/var/log/app.log", to: "/dev/stdout" },
    { remove: "/etc/unwanted" },
  ],
  owned: [{ path: "/data", uid: 1234 }],
  check: { args: [] },
};

async function arrange() {
  const root = await scratchFolder();
  await mkdir(join(root, "usr/bin"), { recursive: true });
  await mkdir(join(root, "usr/share/doc/x"), { recursive: true });
  await mkdir(join(root, "etc/unwanted"), { recursive: true });
  for (const name of ["debian-name", "busybox", "wget"]) await writeFile(join(root, "usr/bin", name), name);
  const runner = createFakeRunner([[/busybox --list/, "busybox\nsh\nwget\n"]]);
  await finishRootfs({ runner, host: createFakeHost([]) }, recipe, root, join(root, "no-overlay"));
  return root;
}

test("the steps of the recipe are applied, users are known, documentation is left out", async () => {
  const root = await arrange();
  expect(await readFile(join(root, "usr/bin/upstream-name"), "utf8")).toBe("debian-name");
  expect(await readlink(join(root, "var/log/app.log"))).toBe("/dev/stdout");
  await expect(lstat(join(root, "etc/unwanted"))).rejects.toThrow("ENOENT");
  await expect(lstat(join(root, "usr/share/doc"))).rejects.toThrow("ENOENT");
  expect(await readFile(join(root, "etc/passwd"), "utf8")).toContain("app:x:1234:1234:app:/data:/bin/sh\n");
  expect((await lstat(join(root, "tmp"))).mode & 0o7777).toBe(0o1777);
});

test("busybox stands in for what is not there, and replaces nothing", async () => {
  const root = await arrange();
  expect(await readlink(join(root, "usr/bin/sh"))).toBe("busybox");
  expect(await readFile(join(root, "usr/bin/wget"), "utf8")).toBe("wget");
});

test("in the archive everything belongs to root except what the recipe says, and nothing is there twice", async () => {
  const root = await arrange();
  const archive = join(await scratchFolder(), "rootfs.tar");
  const runner = createTerminalRunner();
  await packRootfs(runner, recipe, root, archive);
  const lines = (await runner.run(command("tar", "--numeric-owner", "-tvf", archive))).stdout.split("\n");
  const notRoot = lines.filter((line) => !line.includes(" 0/0 "));
  expect(notRoot).toHaveLength(1);
  expect(notRoot[0]).toMatch(/ 1234\/1234 .* \.\/data\/$/);
  expect(lines.filter((line) => line.endsWith("./data/"))).toHaveLength(1);
});
