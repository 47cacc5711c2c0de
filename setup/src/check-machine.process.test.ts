import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { unusablePaths } from "../../files/test/unusable-paths.ts";
import { copyOfProject } from "../../test/copy-of-project.ts";

// `fleet setup` as a person runs it, in a copy of the project, on a machine whose programs only write down what they are asked.

const DOCKER = `case "$*" in
  "version --format"*) echo 28.0.0 ;; "compose version"*) echo 2.40.0 ;; "buildx version"*) echo "buildx 0.29.1" ;;
  "image inspect"*) echo sha256:1 ;; "image ls"*) echo compose-fleet/mtail:1 ;; *) exit 1 ;;
esac`;

const unusable = unusablePaths();
const bin = mkdtempSync(join(tmpdir(), "fleet-programs-"));
let copy: string;
let fleetFolder: string;

beforeAll(async () => {
  copy = await copyOfProject();
  fleetFolder = join(copy, ".fleet");
});
beforeEach(() => {
  rmSync(fleetFolder, { recursive: true, force: true });
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin);
  program("docker", DOCKER);
  program("npm", 'mkdir -p dist && : >"dist/$(basename "$PWD").mjs"');
  for (const name of ["apt-get", "apt-cache", "dockerd", "systemctl", "dpkg-deb"]) program(name, "exit 9");
});
afterAll(() => {
  unusable.remove();
  for (const folder of [copy, bin]) rmSync(folder, { recursive: true, force: true });
});

function program(name: string, text: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >>'${bin}/asked'\n${text}\n`);
  chmodSync(join(bin, name), 0o755);
}
const asked = () => (existsSync(join(bin, "asked")) ? readFileSync(join(bin, "asked"), "utf8") : "");

interface Options {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Runs in Node before anything else. */
  readonly before?: string;
  readonly args?: readonly string[];
}

function setup({ env = {}, before, args = [] }: Options = {}) {
  const preload = before === undefined ? [] : ["--import", `data:text/javascript,${before}`];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...preload, join(copy, "cli/bin/fleet.mjs"), "setup", ...args],
    {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      // biome-ignore lint/style/noProcessEnv: a program needs an environment
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, LC_ALL: "C.UTF-8", ...env },
    },
  );
  return { status, stdout, stderr };
}

const ready = { status: 0, stdout: expect.stringMatching(/^NGINX_IMAGE=(.*\n)+WH_IMAGE=/) };

/** What may stand in the place of `.fleet`. */
const IN_THE_WAY: readonly (readonly [what: string, make: (path: string) => void])[] = [
  ["a link to itself", (path) => symlinkSync(".fleet", path)],
  ["a link to nothing", (path) => symlinkSync("/nowhere/at/all", path)],
  ["a file", (path) => writeFileSync(path, "")],
  ["a folder with a folder for a list", (path) => mkdirSync(join(path, "images.env"), { recursive: true })],
  ...unusable.paths
    .filter(({ why }) => why === "a full disk" || why === "a read-only folder")
    .map(({ why, path }) => [why, (at: string) => symlinkSync(join(path, ".."), at)] as const),
];

test.each(IN_THE_WAY)("%s as .fleet: said before anything is asked, and nothing is left", (what, make) => {
  make(fleetFolder);
  expect(setup({ args: ["--all"] })).toEqual({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(
      /^\S+\.fleet, where set-up keeps its files, cannot be written: [^;\n]+\. Nothing was changed: .+, then try again\.\n$/,
    ),
  });
  expect(asked()).toBe("");
  const left = what.endsWith("disk") || what.includes("folder") ? readdirSync(fleetFolder) : [];
  expect(left.filter((name) => !["images.env", "stuff"].includes(name))).toEqual([]);
});

test("a clock in 1970 is named, and nothing is asked", () => {
  expect(setup({ before: "Date.now=()=>86400000", args: ["--all"] })).toEqual({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/^This machine's clock says 1970-01-02: set it \(.*\), then try again\.\n$/),
  });
  expect(asked()).toBe("");
});

const NO_TMPDIR: [what: string, folder: string][] = [
  ["no such folder", "/nowhere/at/all"],
  ["a file", "/etc/hostname"],
  ...unusable.paths.flatMap(({ why, path }): [string, string][] =>
    why === "a read-only folder" ? [[why, join(path, "..")]] : [],
  ),
];

test.each(NO_TMPDIR)("TMPDIR that is %s: a sentence and no stack trace", (_what, folder) => {
  expect(setup({ env: { TMPDIR: folder } })).toEqual({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(/^Temporary files belong into \S+, which cannot be written \(.*\): set TMPDIR .*\n$/),
  });
});

test.each([
  ["without HOME", { HOME: undefined }],
  ["with a HOME that is a file", { HOME: "/etc/hostname" }],
  ["with a HOME that is not there", { HOME: "/nowhere/at/all" }],
])("%s set-up needs none where Docker has its plugins", (_what, env) => {
  expect(setup({ env })).toMatchObject(ready);
});

test("a HOME that is a file is named where plugins belong into it, before anybody is asked", () => {
  program("docker", DOCKER.replace("echo 2.40.0", "exit 1"));
  expect(setup({ env: { HOME: "/etc/hostname" } })).toEqual({
    status: 2,
    stdout: "",
    stderr: expect.stringMatching(
      /^Docker's plugins belong into \/etc\/hostname\/\.docker\/cli-plugins, which cannot be written: .*\. HOME is \/etc\/hostname: set it .*\n$/,
    ),
  });
  expect(asked()).not.toMatch(/^apt-get|^dpkg-deb/m);
});

test("in a locale without UTF-8 every byte is one that a terminal shows, errors included", () => {
  program("docker", `echo "Żaden – nie…" >&2; exit 1`);
  const env = { LC_ALL: "C", DOCKER_HOST: "tcp://nowhere–at—all…" };
  const { status, stderr } = setup({ env });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^DOCKER_HOST is [ -~]+\n$/);
});
