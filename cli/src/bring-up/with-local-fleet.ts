import type { FleetConfig } from "@compose-fleet/fleet";
import type { LocalFleetStatus } from "@compose-fleet/local-fleet";
import type { LocalFleetProcess, RunningFleet } from "@compose-fleet/local-fleet/session";
import { controlStatus } from "@compose-fleet/local-fleet/session";
import { CliError, InterruptedError } from "@compose-fleet/process";

import type { LocalOptions } from "../options/local-options.ts";
import type { CliContext } from "../run/context.ts";
import { type BringUpOptions, bringUp } from "./bring-up.ts";

/** A local fleet that is up for as long as the work on it lasts. */
export interface FleetAtWork {
  readonly config: FleetConfig;
  readonly fleet: RunningFleet;
  /** What its emulated cloud says now. Throws `CliError` when the fleet's process does not answer. */
  readonly status: () => Promise<LocalFleetStatus>;
  /** The end of the logs that show what went wrong. */
  readonly logTail: () => Promise<string>;
}

export interface FleetUse extends Omit<BringUpOptions, "detached"> {
  /** It stays up once the work is done. A failure or an interrupt ends it all the same. */
  readonly keep?: boolean;
  /** Called when the work has ended, however, before the fleet does. */
  readonly beforeEnd?: () => void;
}

/**
 * Brings a fleet up, does the work on it and, whatever happens, takes it down again. Rejects as the work does, also when the fleet
 * ends by itself, and shows the end of the logs then; with `InterruptedError` when it was told to stop.
 */
export async function withLocalFleet<Result>(
  context: CliContext,
  options: LocalOptions,
  { keep = false, beforeEnd = () => {}, ...how }: FleetUse,
  work: (at: FleetAtWork) => Promise<Result>,
): Promise<Result> {
  const { root, terminal, stop } = context;
  let process: LocalFleetProcess | undefined;
  let isKept = false;
  try {
    const up = await bringUp(context, options, { ...how, detached: keep });
    process = up.process;
    const { fleet, died, logTail } = up.process;
    const { config } = up;
    const status = async () => {
      const found = await controlStatus(root, config.name);
      if (found === undefined) throw new CliError("The local fleet's process does not answer.");
      return found;
    };
    const result = await Promise.race([died, work({ config, fleet, status, logTail })]);
    isKept = keep && !stop.aborted;
    return result;
  } catch (error) {
    if (stop.aborted) throw new InterruptedError();
    if (process !== undefined) terminal.progress.note(await process.logTail());
    throw error;
  } finally {
    beforeEnd();
    if (!isKept) await process?.stop();
  }
}
