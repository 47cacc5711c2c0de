import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CliError, exitCodes } from "../cli-error.ts";
import { controlStatus } from "./control.ts";
import { addressesOf, type RunningFleet } from "./running-fleet.ts";

/** The part of the daemon's options file that says where a fleet answers. */
const portsSchema = z.object({
  ports: z.object({ loadBalancer: z.int(), wh: z.int(), prometheus: z.int(), alertmanager: z.int(), aws: z.int() }),
});

/** Names of local fleets that left a folder here, running or not. */
export async function knownFleets(root: string): Promise<string[]> {
  const entries = await readdir(join(root, ".fleet", "local"), { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** The local fleet of this name, or the only one that runs. Throws `CliError` (exit code 2) with what to do when there is none, or several. */
export async function findLocalFleet(root: string, name: string | undefined): Promise<RunningFleet> {
  const running: string[] = [];
  for (const candidate of name === undefined ? await knownFleets(root) : [name]) {
    if ((await controlStatus(root, candidate)) !== undefined) running.push(candidate);
  }
  const [found, ...others] = running;
  if (found === undefined) {
    throw new CliError(
      `No local fleet ${name === undefined ? "runs" : `named ${name} runs`}: start one with npx fleet local up.`,
      exitCodes.usage,
    );
  }
  if (others.length > 0)
    throw new CliError(`Several local fleets run (${running.join(", ")}): say which one with --name.`, exitCodes.usage);
  return readRunningFleet(root, found);
}

/** What is needed to talk to a fleet that is up. */
export async function readRunningFleet(root: string, name: string): Promise<RunningFleet> {
  const stateDir = join(root, ".fleet", "local", name);
  const { ports } = portsSchema.parse(JSON.parse(await readFile(join(stateDir, "options.json"), "utf8")));
  const token = await readFile(join(stateDir, "monitoring", "secrets", "api_token"), "utf8");
  return { name, addresses: addressesOf(ports), apiToken: token.trim() };
}
