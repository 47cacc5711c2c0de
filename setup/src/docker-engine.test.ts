import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFakeProgress } from "../../process/test/fake-progress.ts";
import { type Answer, createFakeRunner } from "../../process/test/fake-runner.ts";
import { createFakeHost, debianPaths } from "../test/fake-host.ts";
import { scratchFolder } from "../test/scratch-folder.ts";
import { ensureEngine } from "./docker-engine.ts";
import type { Host } from "./host.ts";

const down = { exitCode: 1, stderr: "Cannot connect to the Docker daemon at unix:///var/run/docker.sock." };

async function arrange(options: {
  paths?: readonly string[];
  facts?: Partial<Host>;
  ask?: boolean;
  answers?: readonly Answer[];
  startTimeoutMs?: number;
  updates?: readonly Answer[];
}) {
  const answers = [...(options.answers ?? [down, "20.10.24\n"])];
  const updates = [...(options.updates ?? [])];
  const runner = createFakeRunner([
    [/^apt-get update/, () => updates.shift() ?? ""],
    [/^docker version/, () => (answers.length > 1 ? answers.shift() : answers[0]) ?? ""],
    [/^apt-get/, ""],
    [/^apt-cache policy docker-cli/, "docker-cli:\n  Candidate: 27.5.1\n"],
    [/^systemctl/, ""],
  ]);
  const progress = createFakeProgress();
  const host = createFakeHost(options.paths ?? debianPaths, options.facts);
  const ask = options.ask;
  const actor = { isRoot: host.isRoot, say: progress.note, ...(ask === undefined ? {} : { ask: async () => ask }) };
  const stateFolder = await scratchFolder();
  const { startTimeoutMs = 15_000 } = options;
  const deps = { runner, host, actor, progress, stateFolder, startTimeoutMs, aptLockPollMs: 1 };
  return { runner, progress, stateFolder, run: () => ensureEngine(deps) };
}

const changes = (ran: readonly string[]) => ran.filter((line) => !/^(docker version|apt-cache)/.test(line));

test("an engine that answers is left alone", async () => {
  const { run, runner } = await arrange({ answers: ["28.2.2\n"] });
  expect(await run()).toBe("28.2.2");
  expect(runner.ran).toHaveLength(1);
});

test("root without a terminal: installs, starts by hand where there is no systemd, records the process, waits", async () => {
  const { run, runner, stateFolder, progress } = await arrange({ answers: [down, down, "20.10.24\n"] });
  expect(await run()).toBe("20.10.24");
  expect(changes(runner.ran)[0]).toBe("apt-get update -q");
  expect(changes(runner.ran)[1]).toMatch(/^apt-get .*install .*docker\.io iptables ca-certificates$/);
  expect(runner.detached).toEqual(["dockerd"]);
  expect(await readFile(join(stateFolder, "dockerd.pid"), "utf8")).toBe("4711\n");
  expect(progress.said[0]).toContain("As root without a terminal, going ahead: install the package docker.io");
});

test("the client's own package is added where the client is missing too", async () => {
  const { run, runner } = await arrange({ answers: [{ exitCode: 127, missing: true }, "27.5.1\n"] });
  await run();
  expect(changes(runner.ran)[1]).toMatch(/docker-cli$/);
});

test("an installed engine is only started; systemd does it where it runs", async () => {
  const { run, runner } = await arrange({ paths: [...debianPaths, "/usr/sbin/dockerd", "/run/systemd/system"] });
  await run();
  expect(changes(runner.ran)).toEqual(["systemctl start docker"]);
  expect(runner.detached).toEqual([]);
});

test.each([
  ["a user who is not root gets the commands", { facts: { isRoot: false } }, /sudo apt-get .*install .*docker\.io/],
  ["without systemd the start command is given too", { facts: { isRoot: false } }, /sudo sh -c 'setsid dockerd/],
  ["no at the terminal changes nothing", { ask: false }, /Nothing was changed/],
  [
    "an unreachable DOCKER_HOST is not replaced by a local engine",
    { facts: { dockerHost: "tcp://a.test:1" } },
    /DOCKER_HOST is tcp:\/\/a\.test:1/,
  ],
  [
    "a missing group membership is named",
    { answers: [{ exitCode: 1, stderr: "permission denied while trying" }] },
    /usermod -aG docker/,
  ],
  ["macOS is sent to Docker Desktop", { facts: { platform: "darwin" } }, /Docker Desktop/],
  ["without apt-get the user is sent to Docker's pages", { paths: [] }, /docs\.docker\.com\/engine\/install/],
] as const)("%s", async (_, options, message) => {
  const { run, runner } = await arrange({ answers: [down], ...options });
  await expect(run()).rejects.toThrow(message);
  await expect(run()).rejects.toMatchObject({ name: "SetupError", exitCode: 2 });
  expect(changes(runner.ran)).toEqual([]);
  expect(runner.detached).toEqual([]);
});

test("an engine that never answers fails with the place of its log", async () => {
  const { run } = await arrange({ paths: ["/usr/bin/dockerd"], answers: [down], startTimeoutMs: 300 });
  await expect(run()).rejects.toThrow(/does not answer\. Its log: .*dockerd\.log/);
});

test("package lists that another apt is reading are waited for", async () => {
  const locked = {
    exitCode: 100,
    stderr: "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 6 (apt-get)",
  };
  const { run, runner } = await arrange({ updates: [locked, locked] });
  expect(await run()).toBe("20.10.24");
  expect(runner.ran.filter((line) => line.startsWith("apt-get update"))).toHaveLength(3);
});

test("package lists that cannot be read for another reason are told at once", async () => {
  const { run, runner } = await arrange({ updates: [{ exitCode: 100, stderr: "E: no release file" }] });
  await expect(run()).rejects.toThrow("apt-get update failed:\nE: no release file");
  expect(changes(runner.ran)).toEqual(["apt-get update -q"]);
});
