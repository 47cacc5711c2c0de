import type { FleetConfig } from "@compose-fleet/fleet";
import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import { CliError, InterruptedError } from "@compose-fleet/local-fleet/process";
import type { LocalOptions } from "../commands/local-options.ts";
import type { CliContext } from "../context.ts";
import { type BringUpOptions, bringUp } from "./bring-up.ts";
import { controlStatus } from "./control.ts";
import type { LocalFleetProcess } from "./daemon.ts";
import type { RunningFleet } from "./running-fleet.ts";

/** A local fleet that is up for as long as the work on it lasts. */
export interface FleetAtWork {
  readonly config: FleetConfig;
  readonly fleet: RunningFleet;
  /** What its emulated cloud says now. Throws `CliError` when the fleet's process does not answer. */
  readonly status: () => Promise<LocalFleetStatus>;
}

/**
 * Brings a fleet up, does the work on it and, whatever happens, takes it down again. Rejects as the work does, also when the fleet
 * ends by itself, and shows the end of the logs then; with `InterruptedError` when it was told to stop.
 */
export async function withLocalFleet<Result>(
  context: CliContext,
  options: LocalOptions,
  how: Omit<BringUpOptions, "detached">,
  work: (at: FleetAtWork) => Promise<Result>,
): Promise<Result> {
  const { root, terminal, stop } = context;
  let process: LocalFleetProcess | undefined;
  try {
    const up = await bringUp(context, options, { ...how, detached: false });
    process = up.process;
    const { config } = up;
    const status = async () => {
      const found = await controlStatus(root, config.name);
      if (found === undefined) throw new CliError("The local fleet's process does not answer.");
      return found;
    };
    return await Promise.race([process.died, work({ config, fleet: process.fleet, status })]);
  } catch (error) {
    if (stop.aborted) throw new InterruptedError();
    if (process !== undefined) terminal.progress.note(await process.logTail());
    throw error;
  } finally {
    await process?.stop();
  }
}
