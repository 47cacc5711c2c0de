import { spawnSync } from "node:child_process";

const docker = (...args: string[]) => spawnSync("docker", args, { encoding: "utf8" });

/** Names of containers, networks and volumes that Docker has, by a filter of its own. */
export function inDocker(filter: string): string[] {
  return kinds.flatMap(({ list }) => listed(filter, ...list));
}

/**
 * What Docker still has of something that has ended. An empty network that Docker 20.10 refuses to remove, because it counts wrong
 * (local-fleet, `Removal.kept`), is nobody's leftover. Finding that out removes an empty network: not for what is still ending.
 */
export function leftInDocker(filter: string): string[] {
  return kinds.flatMap(({ list, isKept }) => listed(filter, ...list).filter((name) => !isKept?.(name)));
}

const kinds: readonly { readonly list: readonly string[]; readonly isKept?: (name: string) => boolean }[] = [
  { list: ["ps", "--all", "--format", "{{.Names}}"] },
  { list: ["network", "ls", "--format", "{{.Name}}"], isKept: isMiscounted },
  { list: ["volume", "ls", "--quiet"] },
];

function listed(filter: string, ...args: readonly string[]): string[] {
  const { status, stdout, stderr } = docker(...args, "--filter", filter);
  if (status !== 0) throw new Error(stderr);
  return stdout.split("\n").filter((line) => line !== "");
}

function isMiscounted(network: string): boolean {
  if (docker("network", "inspect", "--format", "{{len .Containers}}", network).stdout.trim() !== "0") return false;
  return docker("network", "rm", network).stderr.includes("has active endpoints");
}

/** Ends what a test started with compose; `down` runs `docker compose down`. A network that Docker keeps is no failure. */
export async function composeDown(down: () => Promise<unknown>): Promise<void> {
  try {
    await down();
  } catch (error) {
    if (!String(error).includes("has active endpoints")) throw error;
  }
}
