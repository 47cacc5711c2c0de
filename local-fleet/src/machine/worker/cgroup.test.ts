import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command, Runner } from "@compose-fleet/process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createCpuQuotas, detectCgroupHost } from "./cgroup.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "cgroup-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Answers every command with the same text and remembers them. */
function fakeRunner(stdout = "", exitCode = 0) {
  const commands: Command[] = [];
  const runner: Runner = {
    run: async (command) => {
      commands.push(command);
      return { exitCode, stdout, stderr: "", timedOut: false, missing: false };
    },
  };
  return { runner, commands };
}

test.each([
  ["1 cgroupfs\n", { version: 1, driver: "cgroupfs" }],
  ["2 systemd\n", { version: 2, driver: "systemd" }],
  ["2 cgroupfs\n", { version: 2, driver: "cgroupfs" }],
])("Docker's answer %j is understood", async (answer, expected) => {
  expect(await detectCgroupHost(fakeRunner(answer).runner)).toMatchObject(expected);
});

describe("version 1", () => {
  test("limits the CPU hierarchy", async () => {
    await mkdir(join(root, "cpu"));
    const quotas = createCpuQuotas("demo", { version: 1, driver: "cgroupfs", root }, fakeRunner().runner);
    expect(await quotas.create("i-1", 0.5)).toEqual({ parent: "/compose-fleet-demo/i-1" });
    expect(await readFile(join(root, "cpu/compose-fleet-demo/i-1/cpu.cfs_quota_us"), "utf8")).toBe("50000");
  });

  test("an instance that boots weighs a tenth of one that serves", async () => {
    const quotas = createCpuQuotas("demo", { version: 1, driver: "cgroupfs", root }, fakeRunner().runner);
    const shares = () => readFile(join(root, "cpu/compose-fleet-demo/i-1/cpu.shares"), "utf8");
    await quotas.create("i-1", 1);
    expect(await shares()).toBe("102");
    await quotas.serves("i-1");
    expect(await shares()).toBe("1024");
  });

  test("removes the empty parent that Docker made in every hierarchy", async () => {
    for (const controller of ["cpu", "memory"])
      await mkdir(join(root, controller, "compose-fleet-demo", "i-1"), { recursive: true });
    const quotas = createCpuQuotas("demo", { version: 1, driver: "cgroupfs", root }, fakeRunner().runner);
    await quotas.removeAll();
    await expect(readFile(join(root, "memory/compose-fleet-demo"))).rejects.toMatchObject({ code: "ENOENT" });
    await quotas.remove("i-1");
  });
});

test("version 2 hands the controllers down and writes quota and period", async () => {
  await writeFile(join(root, "cgroup.subtree_control"), "");
  const quotas = createCpuQuotas("demo", { version: 2, driver: "cgroupfs", root }, fakeRunner().runner);
  await quotas.create("i-1", 2);
  expect(await readFile(join(root, "compose-fleet-demo/i-1/cpu.max"), "utf8")).toBe("200000 100000");
  expect(await readFile(join(root, "compose-fleet-demo/cgroup.subtree_control"), "utf8")).toBe("+cpu +memory +pids");
  const weight = () => readFile(join(root, "compose-fleet-demo/i-1/cpu.weight"), "utf8");
  expect(await weight()).toBe("10");
  await quotas.serves("i-1");
  expect(await weight()).toBe("100");
});

test("systemd gets a slice with a quota", async () => {
  const { runner, commands } = fakeRunner();
  const quotas = createCpuQuotas("my-fleet", { version: 2, driver: "systemd", root }, runner);
  expect(await quotas.create("i-1", 1)).toEqual({ parent: "composefleet_my_fleet-i_1.slice" });
  await quotas.serves("i-1");
  const set = ["set-property", "--runtime", "composefleet_my_fleet-i_1.slice"];
  expect(commands.map(({ args }) => args)).toEqual([
    [...set, "CPUQuota=100%", "CPUWeight=10"],
    [...set, "CPUWeight=100"],
  ]);
});

test("what is not permitted is an error, so that the caller can go on without", async () => {
  const host = { version: 2, driver: "systemd", root } as const;
  await expect(createCpuQuotas("demo", host, fakeRunner("", 1).runner).create("i-1", 1)).rejects.toThrow("systemctl");
});
