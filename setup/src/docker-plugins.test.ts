import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFakeProgress } from "../../process/test/fake-progress.ts";
import { createFakeRunner } from "../../process/test/fake-runner.ts";
import { createFakeHost, debianPaths } from "../test/fake-host.ts";
import { scratchFolder } from "../test/scratch-folder.ts";
import { ensurePlugins, isAtLeast, parseVersion } from "./docker-plugins.ts";
import type { Host } from "./host.ts";

test.each([
  ["2.40.3-3", "2.40.3"],
  ["v2.27.0-desktop.2", "2.27.0"],
  ["github.com/docker/buildx 0.29.1+ds1 0.29.1+ds1-4", "0.29.1"],
  ["github.com/docker/buildx v0.14.0 171fcbe", "0.14.0"],
  ["docker: 'compose' is not a docker command", undefined],
])("the version of %s is %s", (text, version) => {
  expect(parseVersion(text)).toBe(version);
});

test.each([
  ["2.24.0", true],
  ["2.19.9", false],
  ["5.0.1", true],
  ["1.29.2", false],
  [undefined, false],
])("compose %s will do: %s", (version, enough) => {
  expect(isAtLeast(version, [2, 24])).toBe(enough);
});

interface Machine {
  readonly compose?: string;
  readonly candidates?: Readonly<Record<string, string>>;
  readonly facts?: Partial<Host>;
  readonly paths?: readonly string[];
}

async function arrange(machine: Machine) {
  const home = await scratchFolder();
  const stateFolder = join(home, "state");
  let compose = machine.compose;
  let buildx: string | undefined;
  const installed = () => {
    compose = "2.40.3-3";
    buildx = "github.com/docker/buildx 0.29.1";
    return "";
  };
  const runner = createFakeRunner([
    [/^docker compose version/, () => compose ?? { exitCode: 1, stderr: "not a docker command" }],
    [/^docker buildx version/, () => buildx ?? { exitCode: 1, stderr: "not a docker command" }],
    [/^apt-cache policy/, ({ args }) => `x:\n  Candidate: ${machine.candidates?.[args[1] ?? ""] ?? "(none)"}\n`],
    [
      /--print-uris/,
      "'http://m.test/a' docker-compose_2.40.3-3_amd64.deb 1 SHA256:a\n'http://m.test/b' docker-buildx_0.29.1+ds1-4_amd64.deb 1 SHA256:b\n'http://m.test/c' libc6_2.43-7_amd64.deb 1 SHA256:c\n",
    ],
    [/^apt-get .*install/, installed],
    [/^apt-get/, ""],
    [
      /^dpkg-deb/,
      async ({ args }) => {
        const folder = join(args[2] ?? "", "usr/libexec/docker/cli-plugins");
        await mkdir(folder, { recursive: true });
        for (const name of ["docker-compose", "docker-buildx"])
          await writeFile(join(folder, name), `binary of ${name}`);
        return installed();
      },
    ],
  ]);
  const progress = createFakeProgress();
  const host = createFakeHost(machine.paths ?? debianPaths, { home, ...machine.facts });
  const actor = { isRoot: host.isRoot, say: progress.note };
  return { home, runner, progress, run: () => ensurePlugins({ runner, host, actor, progress, stateFolder }) };
}

test("packages of the machine's own apt are preferred", async () => {
  const { run, runner } = await arrange({ candidates: { "docker-compose-v2": "2.27.1", "docker-buildx": "0.14.0" } });
  expect(await run()).toEqual({ compose: "2.40.3", buildx: "0.29.1" });
  expect(runner.ran.some((line) => /install .*docker-compose-v2 docker-buildx$/.test(line))).toBe(true);
  expect(runner.ran.some((line) => line.startsWith("dpkg-deb"))).toBe(false);
});

test("where apt has only compose 1, Debian's plugins go into the home folder, executable, and nothing else does", async () => {
  const { run, runner, home } = await arrange({ candidates: { "docker-compose": "1.29.2-3" } });
  await run();
  const plugin = join(home, ".docker/cli-plugins/docker-compose");
  expect(await readFile(plugin, "utf8")).toBe("binary of docker-compose");
  expect((await stat(plugin)).mode & 0o777).toBe(0o755);
  expect(runner.ran.find((line) => line.startsWith("apt-get download"))).toBe(
    "apt-get download -q docker-compose docker-buildx",
  );
});

test("a compose that is too old is named with its version", async () => {
  const { run, progress } = await arrange({ compose: "2.12.0" });
  await run();
  expect(progress.said[0]).toContain(
    "Docker compose is too old (2.12.0; 2.24 is needed), and docker buildx is missing.",
  );
});

test.each([
  ["a user without a terminal gets commands", { facts: { isRoot: false } }, /curl -fLo \S+docker-compose https:/],
  ["a machine without apt-get is sent to Docker's pages", { paths: [] }, /docs\.docker\.com\/compose\/install/],
] as const)("%s", async (_, machine, message) => {
  const { run } = await arrange(machine);
  await expect(run()).rejects.toThrow(message);
  await expect(run()).rejects.toMatchObject({ exitCode: 2 });
});
