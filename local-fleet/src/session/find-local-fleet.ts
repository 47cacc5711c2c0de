import { readdir } from "node:fs/promises";
import type { Runner } from "@compose-fleet/process";
import { CliError, exitCodes } from "@compose-fleet/process";
import type { LocalFleetStatus } from "../control/status.ts";
import { FLEET_LABEL } from "../machine/docker/docker.ts";
import { controlStatus } from "./control.ts";
import { fleetsFolder } from "./folders.ts";
import { type RunningFleet, runningFleet } from "./running-fleet.ts";

/** Names of local fleets that left a folder here, running or not. */
export async function knownFleets(root: string): Promise<string[]> {
  const entries = await readdir(fleetsFolder(root), { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** Whether Docker has anything of a local fleet of this name, whose folder may be gone. Where Docker does not answer, that is not known: yes. */
export async function hasTraces(name: string, runner: Runner): Promise<boolean> {
  const filter = ["--quiet", "--filter", `label=${FLEET_LABEL}=${name}`];
  for (const args of [
    ["ps", "--all"],
    ["network", "ls"],
    ["volume", "ls"],
  ]) {
    const { exitCode, stdout, missing } = await runner.run({
      file: "docker",
      args: [...args, ...filter],
      timeoutMs: 10_000,
    });
    if (missing) return false;
    if (exitCode !== 0 || stdout.trim() !== "") return true;
  }
  return false;
}

/** The local fleet of this name, or the only one that runs. Throws `CliError` (exit code 2) with what to do when there is none, or several. */
export async function findLocalFleet(
  root: string,
  name: string | undefined,
): Promise<RunningFleet & { readonly cloud: LocalFleetStatus }> {
  const running: LocalFleetStatus[] = [];
  for (const candidate of name === undefined ? await knownFleets(root) : [name]) {
    const status = await controlStatus(root, candidate);
    if (status !== undefined) running.push(status);
  }
  const [found, ...others] = running;
  if (found === undefined) {
    throw new CliError(
      `No local fleet ${name === undefined ? "runs" : `named ${name} runs`}: start one with npx fleet local up.`,
      exitCodes.usage,
    );
  }
  if (others.length > 0) {
    throw new CliError(
      `Several local fleets run (${running.map((one) => one.name).join(", ")}): say which one with --name.`,
      exitCodes.usage,
    );
  }
  return { ...(await runningFleet(found)), cloud: found };
}
