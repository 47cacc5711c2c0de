import { join } from "node:path";
import type { Runner } from "@compose-fleet/process";
import { CliError } from "@compose-fleet/process";
import { controlSocket, readStatus, requestShutdown } from "../control/control-client.ts";
import type { LocalFleetStatus } from "../control/status.ts";
import { cleanUp } from "../machine/clean-up.ts";
import { localFolders } from "./folders.ts";

/** What a local fleet says about itself; undefined when it does not run. */
export function controlStatus(root: string, name: string): Promise<LocalFleetStatus | undefined> {
  return readStatus(controlSocketOf(root, name));
}

/** Tells a local fleet to end; it goes on ending when this returns. Nothing happens when none runs. */
export async function tellToStop(root: string, name: string): Promise<void> {
  await requestShutdown(controlSocketOf(root, name));
}

const endLimitMs = 180_000;

/** Ends a local fleet of this name and removes everything it left, also after a crash. Returns empty networks that Docker keeps. Throws `CliError` when it does not end, and what cleaning up throws. */
export async function endLocalFleet(
  root: string,
  name: string,
  runner: Runner,
  sleep: (ms: number) => Promise<void>,
): Promise<readonly string[]> {
  await tellToStop(root, name);
  for (let waitedMs = 0; (await controlStatus(root, name)) !== undefined; waitedMs += 200) {
    if (waitedMs > endLimitMs)
      throw new CliError(
        `Local fleet ${name} has not ended within ${endLimitMs / 1000} s: see ${join(localFolders(root, name).stateDir, "daemon.log")}.`,
      );
    await sleep(200);
  }
  return removeLeftovers(root, name, runner);
}

/** Removes what a local fleet that no longer runs left behind. Returns empty networks that Docker keeps. */
export function removeLeftovers(root: string, name: string, runner: Runner): Promise<readonly string[]> {
  return cleanUp(name, localFolders(root, name).stateDir, runner);
}

/** Where the process of a local fleet of this name listens. */
export function controlSocketOf(root: string, name: string): string {
  return controlSocket(localFolders(root, name).stateDir);
}
