import { chmod, copyFile, cp, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { command, type Runner } from "@compose-fleet/process";
import type { Host } from "./host.ts";
import { runStep } from "./run-step.ts";
import type { Recipe, RootfsStep } from "./stand-in-recipes.ts";

const hostCertificates = "/etc/ssl/certs/ca-certificates.crt";
const clutter = ["doc", "man", "locale", "info", "lintian", "bash-completion", "bug", "doc-base"];

/** Turns a folder of unpacked packages into the root file system of a recipe's image; `overlay` is laid over it if it exists. */
export async function finishRootfs(
  deps: { readonly runner: Runner; readonly host: Host },
  recipe: Recipe,
  root: string,
  overlay: string,
): Promise<void> {
  const { runner, host } = deps;
  for (const name of clutter) await rm(join(root, "usr/share", name), { recursive: true, force: true });
  if (recipe.busybox === true) await linkBusybox(runner, root);
  for (const step of recipe.steps ?? []) await apply(step, root);
  if (host.exists(overlay)) await cp(overlay, root, { recursive: true });

  // Its own packages make these.
  if (recipe.installed === true) return;
  await mkdir(join(root, "etc"), { recursive: true });
  const users = [...systemUsers, ...(recipe.users ?? [])];
  const passwd = users.map(({ name, uid, home }) => `${name}:x:${uid}:${uid}:${name}:${home}:/bin/sh\n`);
  await writeFile(join(root, "etc/passwd"), passwd.join(""));
  await writeFile(join(root, "etc/group"), users.map(({ name, uid }) => `${name}:x:${uid}:\n`).join(""));
  if (recipe.base !== undefined) return;

  for (const folder of ["proc", "sys", "dev", "run", "root", "etc/ssl/certs"]) {
    await mkdir(join(root, folder), { recursive: true });
  }
  for (const folder of ["tmp", "var/tmp"]) {
    await mkdir(join(root, folder), { recursive: true });
    await chmod(join(root, folder), 0o1777);
  }
  await writeFile(join(root, "etc/nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n");
  // This machine's own list, so that a certificate authority it trusts is trusted inside too.
  if (host.exists(hostCertificates)) await copyFile(hostCertificates, join(root, "etc/ssl/certs/ca-certificates.crt"));
}

/** Packs a root file system into `archive`: everything belongs to root, except what the recipe says. Needs no root. */
export async function packRootfs(runner: Runner, recipe: Recipe, root: string, archive: string): Promise<void> {
  const owned = recipe.owned ?? [];
  const skip = owned.map(({ path }) => `--exclude=.${path}`);
  const everything = ["-C", root, "--numeric-owner", "--owner=0", "--group=0", ...skip, "-cf", archive, "."];
  await runStep(runner, { file: "tar", args: everything }, `could not pack ${recipe.name}`);
  for (const { path, uid } of owned) {
    const one = ["-C", root, "--numeric-owner", `--owner=${uid}`, `--group=${uid}`, "-rf", archive, `.${path}`];
    await runStep(runner, { file: "tar", args: one }, `could not pack ${path} of ${recipe.name}`);
  }
}

// The numbers are Debian's; Docker looks names of USER and chown up in these files.
const systemUsers = [
  { name: "root", uid: 0, home: "/root" },
  { name: "daemon", uid: 1, home: "/usr/sbin" },
  { name: "mail", uid: 8, home: "/var/mail" },
  { name: "www-data", uid: 33, home: "/var/www" },
  { name: "nobody", uid: 65534, home: "/nonexistent" },
];

async function apply(step: RootfsStep, root: string): Promise<void> {
  if ("folder" in step) await mkdir(join(root, step.folder), { recursive: true });
  else if ("remove" in step) await rm(join(root, step.remove), { recursive: true, force: true });
  else if ("move" in step) {
    await mkdir(dirname(join(root, step.to)), { recursive: true });
    await rename(join(root, step.move), join(root, step.to));
  } else {
    await mkdir(dirname(join(root, step.link)), { recursive: true });
    await rm(join(root, step.link), { force: true });
    await symlink(step.to, join(root, step.link));
  }
}

async function linkBusybox(runner: Runner, root: string): Promise<void> {
  const busybox = join(root, "usr/bin/busybox");
  const listed = await runStep(runner, command(busybox, "--list"), "busybox does not run");
  for (const applet of listed.split("\n").filter((name) => name !== "" && name !== "busybox")) {
    await symlink("busybox", join(root, "usr/bin", applet)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
}
