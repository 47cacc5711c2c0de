import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { busyRegistry } from "./busy-registry.ts";

let folder: string;
let binDir: string;
let env: Record<string, string>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fleet-registry-"));
  // Folders of fleets may have such names.
  binDir = join(folder, "it's a bin");
  const real = join(folder, "real");
  await mkdir(real);
  await writeFile(join(real, "docker"), `#!/bin/sh\necho "docker $*" | tee -a '${folder}/asked'\n`, { mode: 0o755 });
  // biome-ignore lint/style/noProcessEnv: scripts need a PATH to run
  env = { PATH: `${binDir}:${real}:${process.env.PATH}`, PULL_WAIT_SECONDS: "1" };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const docker = (...args: string[]) => spawnSync("docker", args, { encoding: "utf8", env });

test.each([
  ["000000000000.dkr.ecr.eu-central-1.amazonaws.com/fleet/web:1", /^Error response.*toomanyrequests: Rate exceeded\n$/],
  ["127.0.0.1:32768/fleet/web:1", /^Error response.*toomanyrequests: Rate exceeded\n$/],
  ["nginx:1.30", /toomanyrequests: You have reached your unauthenticated pull rate limit/],
  ["prom/prometheus", /toomanyrequests: You have reached your unauthenticated pull rate limit/],
])("a pull of %s is refused in its registry's words, and nothing else is", async (image, words) => {
  const undo = await busyRegistry(binDir).begin("registry");
  expect(docker("pull", "-q", image)).toMatchObject({ status: 1, stderr: expect.stringMatching(words) });
  expect(docker("image", "inspect", image)).toMatchObject({ status: 0, stdout: `docker image inspect ${image}\n` });
  await undo();
  expect(docker("pull", "-q", image)).toMatchObject({ status: 0, stdout: `docker pull -q ${image}\n` });
});

test("a worker that pulls while it is in force waits, says so, and goes on when it is over", async () => {
  const undo = await busyRegistry(binDir).begin("registry");
  const script = `fail() { echo "$2" >&2; exit "$1"; }; . "$0/state.sh"; . "$0/images.sh"; pull_image 127.0.0.1:5000/web:1`;
  const pulling = spawn("bash", ["-euc", script, join(import.meta.dirname, "../../../stack-worker")], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  pulling.stderr.on("data", (text: Buffer) => {
    said += text.toString();
  });
  const code = new Promise((resolve) => pulling.on("close", resolve));
  while (!said.includes("again in about") && pulling.exitCode === null) await sleep(20);
  await undo();
  expect(await code, said).toBe(0);
  expect(said).toMatch(
    /^stack-worker: the registry 127\.0\.0\.1:5000 does not give 127\.0\.0\.1:5000\/web:1 at the moment/,
  );
  expect(await readFile(join(folder, "asked"), "utf8")).toBe("docker pull -q 127.0.0.1:5000/web:1\n");
});
