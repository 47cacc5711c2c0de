import { mkdir, readdir, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { must, type Runner } from "@compose-fleet/process";
import { docker } from "../docker/docker.ts";

/** How this machine's Docker limits CPU: where cgroups are and who creates them. */
export interface CgroupHost {
  readonly version: 1 | 2;
  readonly driver: "cgroupfs" | "systemd";
  /** Where the cgroup file systems are mounted; `/sys/fs/cgroup` outside tests. */
  readonly root: string;
}

interface CpuQuota {
  /** What compose writes as `cgroup_parent`. */
  readonly parent: string;
}

export interface CpuQuotas {
  /**
   * Makes a cgroup of `cores` for one instance that boots. On AWS a worker boots on a CPU of its own; here it must not take it from
   * those that serve, so it gets what they leave until `serves`. Rejects with the file system's or systemd's error where that is not
   * permitted.
   */
  readonly create: (instanceId: string, cores: number) => Promise<CpuQuota>;
  /** The instance has booted: from now on it is worth as much as the others. Never rejects. */
  readonly serves: (instanceId: string) => Promise<void>;
  /** Removes it; its containers are gone by then. Idempotent, never rejects. */
  readonly remove: (instanceId: string) => Promise<void>;
  /** Removes whatever is left of this fleet. Never rejects. */
  readonly removeAll: () => Promise<void>;
}

const PERIOD_US = 100_000;

/** Relative weight where CPU is scarce, in percent of the kernel's default. */
const BOOTING_PERCENT = 10;
/** The kernel's default in cgroup version 1 (`cpu.shares`) and 2 (`cpu.weight`, systemd's `CPUWeight`). */
const DEFAULT_SHARES = 1024;
const DEFAULT_WEIGHT = 100;

/** Asks Docker how it manages cgroups. */
export async function detectCgroupHost(runner: Runner): Promise<CgroupHost> {
  const [version = "", driver = ""] = (
    await must(runner, docker("info", "--format", "{{.CgroupVersion}} {{.CgroupDriver}}"))
  )
    .trim()
    .split(" ");
  return {
    version: version === "1" ? 1 : 2,
    driver: driver === "systemd" ? "systemd" : "cgroupfs",
    root: "/sys/fs/cgroup",
  };
}

/** CPU limits for whole workers: all containers of one share a parent cgroup. */
export function createCpuQuotas(fleet: string, host: CgroupHost, runner: Runner): CpuQuotas {
  return host.driver === "systemd" ? systemdQuotas(fleet, runner) : cgroupfsQuotas(fleet, host);
}

function cgroupfsQuotas(fleet: string, host: CgroupHost): CpuQuotas {
  const top = `compose-fleet-${fleet}`;
  const weigh = (instanceId: string, percent: number) =>
    host.version === 1
      ? writeFile(
          join(host.root, "cpu", top, instanceId, "cpu.shares"),
          String(Math.round((DEFAULT_SHARES * percent) / 100)),
        )
      : writeFile(join(host.root, top, instanceId, "cpu.weight"), String(Math.round((DEFAULT_WEIGHT * percent) / 100)));
  return {
    create: async (instanceId, cores) => {
      const quota = Math.round(cores * PERIOD_US);
      if (host.version === 1) {
        const path = join(host.root, "cpu", top, instanceId);
        await mkdir(path, { recursive: true });
        await writeFile(join(path, "cpu.cfs_period_us"), String(PERIOD_US));
        await writeFile(join(path, "cpu.cfs_quota_us"), String(quota));
      } else {
        await mkdir(join(host.root, top), { recursive: true });
        // A controller is available to children only after it was handed down at each level.
        for (const folder of [host.root, join(host.root, top)])
          await writeFile(join(folder, "cgroup.subtree_control"), "+cpu +memory +pids");
        await mkdir(join(host.root, top, instanceId), { recursive: true });
        await writeFile(join(host.root, top, instanceId, "cpu.max"), `${quota} ${PERIOD_US}`);
      }
      await weigh(instanceId, BOOTING_PERCENT);
      return { parent: `/${top}/${instanceId}` };
    },
    serves: (instanceId) => weigh(instanceId, 100).catch(() => undefined),
    remove: async (instanceId) => {
      for (const folder of await hierarchies(host)) await removeTree(join(folder, top, instanceId));
    },
    removeAll: async () => {
      for (const folder of await hierarchies(host)) await removeTree(join(folder, top));
    },
  };
}

/** Version 1 has a hierarchy per controller, and Docker makes the parent in each of them. */
async function hierarchies(host: CgroupHost): Promise<string[]> {
  if (host.version === 2) return [host.root];
  const entries = await readdir(host.root).catch(() => []);
  return entries.map((entry) => join(host.root, entry));
}

/** Cgroups are removed by rmdir, children first; their files cannot be deleted and need not be. */
async function removeTree(path: string): Promise<void> {
  if (!(await stat(path).catch(() => undefined))?.isDirectory()) return;
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => []))
    if (entry.isDirectory()) await removeTree(join(path, entry.name));
  await rmdir(path).catch(() => undefined);
}

function systemdQuotas(fleet: string, runner: Runner): CpuQuotas {
  const top = `composefleet_${fleet.replaceAll("-", "_")}`;
  const slice = (instanceId: string) => `${top}-${instanceId.replaceAll("-", "_")}.slice`;
  const stop = async (unit: string) =>
    void (await runner.run({ file: "systemctl", args: ["stop", unit], timeoutMs: 10_000 }));
  return {
    create: async (instanceId, cores) => {
      const unit = slice(instanceId);
      await must(runner, {
        file: "systemctl",
        args: [
          "set-property",
          "--runtime",
          unit,
          `CPUQuota=${Math.round(cores * 100)}%`,
          `CPUWeight=${(DEFAULT_WEIGHT * BOOTING_PERCENT) / 100}`,
        ],
        timeoutMs: 10_000,
      });
      return { parent: unit };
    },
    serves: async (instanceId) =>
      void (await runner.run({
        file: "systemctl",
        args: ["set-property", "--runtime", slice(instanceId), `CPUWeight=${DEFAULT_WEIGHT}`],
        timeoutMs: 10_000,
      })),
    remove: (instanceId) => stop(slice(instanceId)),
    removeAll: () => stop(`${top}.slice`),
  };
}
