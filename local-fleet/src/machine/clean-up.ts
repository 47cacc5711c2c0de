import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Runner } from "@compose-fleet/process";
import { FLEET_LABEL } from "./docker/docker.ts";
import { removeLabelled } from "./docker/remove-labelled.ts";
import { registryHost, removePulledImages } from "./registry/pulled-images.ts";
import { killMarked } from "./stray-processes.ts";
import { createCpuQuotas, detectCgroupHost } from "./worker/cgroup.ts";

/** What a running fleet writes into its state folder; rendered stacks and logs beside it are their owners'. */
const OWN_ENTRIES = [
  "run",
  "lb",
  "aws",
  "workers",
  "monitoring",
  "bin",
  "docker",
  "registry",
  "local-services.yml",
  "control.sock",
];

/** Docker brings the creation of a container to its end although its client was killed: by then it is there to be removed, too. */
const LATE_MS = 500;

/**
 * Removes everything that a local fleet of this name left behind: processes, containers, networks, volumes, images of its registry, cgroups, files.
 * Needs no daemon and nothing but the label. Idempotent. Returns networks in which nothing is, and which Docker keeps
 * all the same. Throws a sentence when Docker does not answer or something resists.
 */
export async function cleanUp(name: string, stateDir: string, runner: Runner): Promise<readonly string[]> {
  await killMarked(stateDir);
  const registry = await registryHost(runner, name);
  const label = `${FLEET_LABEL}=${name}`;
  let removal = await removeLabelled(runner, label);
  if (removal.found) {
    await sleep(LATE_MS);
    removal = await removeLabelled(runner, label);
  }
  if (registry !== undefined) await removePulledImages(runner, registry);
  await createCpuQuotas(name, await detectCgroupHost(runner), runner).removeAll();
  for (const entry of OWN_ENTRIES) await rm(join(stateDir, entry), { recursive: true, force: true });
  return removal.kept;
}
