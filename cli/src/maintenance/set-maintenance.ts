import { CliError } from "@compose-fleet/process";
import {
  changedMaintenance,
  inMaintenance,
  type MaintenanceState,
  maintenanceText,
  parseMaintenance,
} from "./maintenance-state.ts";
import type { MaintenanceStore, MaintenanceWorkers } from "./ports.ts";

export interface MaintenanceDeps {
  readonly store: MaintenanceStore;
  readonly workers: MaintenanceWorkers;
  /** Of the fleet file. */
  readonly services: readonly string[];
}

export interface MaintenanceResult {
  readonly inMaintenance: readonly string[];
  /** Whether services that come with later releases are in maintenance, too. */
  readonly all: boolean;
  readonly workers: readonly { readonly id: string; readonly problem?: string }[];
}

/** What is written. Throws a `CliError` where that is nothing that workers understand, and AWS's errors. */
export async function readMaintenance(store: MaintenanceStore): Promise<MaintenanceState> {
  const text = await store.read();
  const state = parseMaintenance(text);
  if (state === undefined)
    throw new CliError(
      `The fleet's parameter maintenance says ${JSON.stringify(text)}, which nobody understands: write it anew with fleet maintenance on, or off, without --service.`,
    );
  return state;
}

/**
 * Writes what is to be, then has each worker look at it. New workers look by themselves when they start, and a worker that is told while it starts
 * looks again at its end: so none that serves misses it, whichever comes first. Throws AWS's errors; workers that did not obey are in the result.
 */
export async function setMaintenance(
  { store, workers, services }: MaintenanceDeps,
  change: { readonly isOn: boolean; readonly service?: string | undefined },
): Promise<MaintenanceResult> {
  const before = change.service === undefined ? [] : await readMaintenance(store);
  const state = changedMaintenance(before, change, services);
  await store.write(maintenanceText(state));
  const told = await Promise.all(
    (await workers.list()).map(async ({ id, boots }) => {
      const problem = await workers.obey(id);
      // One that takes no command yet has not looked yet.
      return problem === undefined || boots ? { id } : { id, problem };
    }),
  );
  return { inMaintenance: inMaintenance(state, services), all: state === "all", workers: told };
}
