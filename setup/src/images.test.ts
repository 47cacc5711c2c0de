import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Command } from "@compose-fleet/process";
import { expect, test } from "vitest";
import { createFakeProgress } from "../../process/test/fake-progress.ts";
import { type Answer, createFakeRunner } from "../../process/test/fake-runner.ts";
import { createFakeHost, debianPaths } from "../test/fake-host.ts";
import { scratchFolder } from "../test/scratch-folder.ts";
import { ensureImages, type ImagesRequest } from "./images.ts";

const imagesFolder = resolve(import.meta.dirname, "../../images");
const offline = { exitCode: 1, stderr: "dial tcp: lookup registry-1.docker.io: no such host" };
const absent = { exitCode: 1, stderr: "No such image" };

const packages = {
  nginx: "nginx_1.30.6-2_amd64.deb",
  prometheus: "prometheus_3.5.3+ds1-6_amd64.deb",
  "prometheus-alertmanager": "prometheus-alertmanager_0.33.1-5_amd64.deb",
  "prometheus-node-exporter": "prometheus-node-exporter_1.11.1-3_amd64.deb",
  "prometheus-nginx-exporter": "prometheus-nginx-exporter_1.5.1-1_amd64.deb",
  mtail: "mtail_3.2.24-2_amd64.deb",
  "docker-registry": "docker-registry_2.8.2+ds1-1_amd64.deb",
  libc6: "libc6_2.43-7_amd64.deb",
};
const binaries = [
  "usr/sbin/nginx",
  "usr/bin/docker-registry",
  ...["alertmanager", "node-exporter", "nginx-exporter"].map((name) => `usr/bin/prometheus-${name}`),
];

interface World {
  readonly pull?: Answer;
  readonly present?: readonly string[];
  readonly build?: Answer;
  readonly earlierEnv?: string;
  /** What the exporter's image says when it is tried. */
  readonly check?: Answer;
  /** What `docker image ls` says, whatever the label asked for. */
  readonly listed?: string;
}

async function arrange(world: World) {
  const stateFolder = await scratchFolder();
  if (world.earlierEnv !== undefined) await writeFile(join(stateFolder, "images.env"), world.earlierEnv);
  const runner = createFakeRunner([
    [
      /^docker image inspect/,
      ({ args }) => (world.present?.includes(args.at(-1) ?? "") === true ? "sha256:1" : absent),
    ],
    [/^docker image ls/, world.listed ?? ""],
    [/^docker pull/, world.pull ?? offline],
    [/^docker build/, world.build ?? "sha256:2"],
    [/^docker run .*nginx-exporter/, world.check ?? ""],
    [/^docker run .*mtail/, "mtail version 3.2.24 git revision 1"],
    [/^docker (run|tag|rmi)/, ""],
    [/--print-uris/, printUris],
    [/^apt-get/, ""],
    [/^dpkg-deb/, unpack],
    [/busybox --list/, "sh\nwget\n"],
    [
      /^npm pack/,
      ({ args }) => writeFile(join(args.at(-1) ?? "", `node-linux-${process.arch}-24.21.0.tgz`), "").then(() => ""),
    ],
    [/^tar/, ""],
  ]);
  const progress = createFakeProgress();
  const deps = { runner, host: createFakeHost(debianPaths), progress, imagesFolder, stateFolder };
  const envFile = join(stateFolder, "images.env");
  return { runner, progress, envFile, run: (request?: ImagesRequest) => ensureImages(deps, request) };
}

function printUris({ args }: Command): string {
  const files = Object.entries(packages).filter(([name]) => name === "libc6" || args.includes(name));
  return files.map(([, file]) => `'http://m.test/${file}' ${file} 1 SHA256:a`).join("\n");
}

async function unpack({ args }: Command): Promise<string> {
  for (const file of binaries) {
    await mkdir(dirname(join(args[2] ?? "", file)), { recursive: true });
    await writeFile(join(args[2] ?? "", file), "");
  }
  return "";
}

const startingWith = (ran: readonly string[], start: string) => ran.filter((line) => line.startsWith(start));

test("with a registry everything is pulled, mtail is built on Debian, no package is fetched", async () => {
  const { run, runner, envFile } = await arrange({ pull: "1.30: Pulling from library/nginx" });
  const { images, origins } = await run();
  expect(images.NGINX_IMAGE).toBe("nginx:1.30");
  expect(origins).toMatchObject({ NGINX_IMAGE: "pulled", NODE_IMAGE: "pulled", MTAIL_IMAGE: "built" });
  expect(images.MTAIL_IMAGE).toBe("compose-fleet/mtail:3.2.24");
  expect(startingWith(runner.ran, "apt-get")).toEqual([]);
  expect(await readFile(envFile, "utf8")).toContain("NODE_IMAGE=node:24-bookworm-slim\n");
});

test("without a registry all are built from packages, with honest tags; the registry is asked once", async () => {
  const { run, runner, progress } = await arrange({});
  const { images, origins } = await run();
  expect(images).toEqual({
    NGINX_IMAGE: "compose-fleet-standin/nginx:1.30.6",
    PROMETHEUS_IMAGE: "compose-fleet-standin/prometheus:3.5.3",
    ALERTMANAGER_IMAGE: "compose-fleet-standin/alertmanager:0.33.1",
    NODE_EXPORTER_IMAGE: "compose-fleet-standin/node-exporter:1.11.1",
    NGINX_EXPORTER_IMAGE: "compose-fleet-standin/nginx-exporter:1.5.1",
    NODE_IMAGE: "compose-fleet-standin/node:24.21.0",
    MTAIL_IMAGE: "compose-fleet/mtail:3.2.24",
    REGISTRY_IMAGE: "compose-fleet-standin/registry:2.8.2",
  });
  expect(origins).toMatchObject({ NGINX_IMAGE: "stand-in", MTAIL_IMAGE: "built" });
  expect(startingWith(runner.ran, "docker pull")).toHaveLength(1);
  expect(progress.said.join("\n")).toContain(
    "The registry docker.io cannot be reached: built from Debian packages instead: nginx, ",
  );
});

test("a base is built before what stands on it, and every image is run once before it counts", async () => {
  const { run, runner } = await arrange({});
  await run();
  const builds = startingWith(runner.ran, "docker build");
  expect(builds[0]).toContain("-t compose-fleet-standin/debian:forky");
  expect(builds.find((line) => line.includes("/nginx:"))).toContain("BASE=compose-fleet-standin/debian:forky");
  expect(startingWith(runner.ran, "docker run --rm --network none")).toHaveLength(builds.length);
});

test("an image that is here already is neither pulled nor built", async () => {
  const { run, runner } = await arrange({ present: ["nginx:1.30"] });
  const { origins } = await run();
  expect(origins.NGINX_IMAGE).toBe("local");
  expect(runner.ran.some((line) => line.startsWith("docker build") && line.includes("/nginx:"))).toBe(false);
});

test("where mtail cannot be built inside Docker, its package is unpacked from outside", async () => {
  const build = ({ args }: Command) =>
    args.includes("BASE=debian:forky-slim") ? { exitCode: 1, stderr: "apt-get failed" } : "";
  const { run, runner } = await arrange({ pull: "Pulling", build });
  expect((await run()).origins).toMatchObject({ NGINX_IMAGE: "pulled", MTAIL_IMAGE: "built" });
  expect(startingWith(runner.ran, "apt-get download")[0]).toContain("mtail");
});

test("an image the user names is used as it is", async () => {
  const { run } = await arrange({ present: ["mine/nginx:1"] });
  const { images, origins } = await run({ overrides: { NGINX_IMAGE: "mine/nginx:1", NODE_IMAGE: "" } });
  expect(images.NGINX_IMAGE).toBe("mine/nginx:1");
  expect(origins).toMatchObject({ NGINX_IMAGE: "given", NODE_IMAGE: "stand-in" });
});

test("an image the user names and that cannot be had is an error, not a reason for a stand-in; nothing is written", async () => {
  const { run, envFile } = await arrange({ earlierEnv: "NGINX_IMAGE=before\n" });
  await expect(run({ overrides: { NGINX_IMAGE: "mine/nginx:1" } })).rejects.toThrow(
    /NGINX_IMAGE is mine\/nginx:1, which is neither/,
  );
  expect(await readFile(envFile, "utf8")).toBe("NGINX_IMAGE=before\n");
});

test("a failed build is an error that names the image; nothing is written", async () => {
  const build = ({ args }: Command) =>
    args.some((arg) => arg.includes("/alertmanager:")) ? { exitCode: 1, stderr: "no space left" } : "";
  const { run, envFile } = await arrange({ build });
  await expect(run()).rejects.toThrow("could not build compose-fleet-standin/alertmanager:0.33.1:\nno space left");
  await expect(readFile(envFile, "utf8")).rejects.toThrow();
});

test("Grafana is left out where it cannot be pulled: it has no stand-in", async () => {
  const { run, progress } = await arrange({});
  expect((await run({ extra: ["GRAFANA_IMAGE"] })).images.GRAFANA_IMAGE).toBeUndefined();
  expect(progress.said.join("\n")).toContain("left out: grafana/grafana:");
});

test.each([
  ["kept while its image exists", ["python:3.13-slim"], true],
  ["dropped when it is gone", [], false],
])("an extra image of an earlier run is %s", async (_, present, kept) => {
  const { run, envFile } = await arrange({ present, earlierEnv: "PYTHON_IMAGE=python:3.13-slim\n" });
  await run();
  expect((await readFile(envFile, "utf8")).includes("PYTHON_IMAGE=python:3.13-slim\n")).toBe(kept);
});

test("an image of an earlier run is used again; one that merely was built on it, and so inherited its label, is not taken for it", async () => {
  const listed = "compose-fleet/service-a:1\ncompose-fleet-standin/node:<none>\ncompose-fleet-standin/node:24.21.0\n";
  const { run, runner } = await arrange({ listed });
  const { images } = await run();
  expect(images.NODE_IMAGE).toBe("compose-fleet-standin/node:24.21.0");
  expect(images.NGINX_IMAGE).toBe("compose-fleet-standin/nginx:1.30.6");
  const builds = startingWith(runner.ran, "docker build").map((line) => /-t (\S+)/.exec(line)?.[1]);
  expect(builds).not.toContain("compose-fleet-standin/node:24.21.0");
  expect(builds).toContain("compose-fleet-standin/nginx:1.30.6");
});

test("an image that does not run is removed again, so that no later run takes it for good", async () => {
  const { run, runner } = await arrange({ check: { exitCode: 126, stderr: "exec format error" } });
  await expect(run()).rejects.toThrow("nginx-exporter:1.5.1 was built but does not run:\nexec format error");
  expect(runner.ran).toContain("docker rmi compose-fleet-standin/nginx-exporter:1.5.1");
});
