import { setTimeout as sleep } from "node:timers/promises";
import { CliError, InterruptedError } from "@compose-fleet/process";
import { loadDefaults } from "./load-defaults.ts";
import { startLoad } from "./load-process.ts";
import type { LoadFailure, LoadRequest } from "./messages.ts";

/** A load that goes on at one rate for as long as the work under it lasts. */
export interface ConstantLoad {
  /** Requests that were due, and that failed, since it began. A second old at most. */
  readonly counts: () => { readonly sent: number; readonly failed: number };
  readonly failures: () => readonly LoadFailure[];
  /** After this a request counts as failed, milliseconds. */
  readonly timeoutMs: number;
}

export interface ConstantLoadOptions extends Pick<LoadRequest, "target" | "proxyProtocol"> {
  /** Requests per second. */
  readonly rps: number;
  /** How long the rate rises from nothing, milliseconds. */
  readonly rampMs: number;
  readonly timeoutMs?: number;
  readonly stop: AbortSignal;
}

/** Longer than anything that is done under it. */
const lastsMs = 4 * 3_600_000;

/**
 * Does the work under a constant load, which has reached its rate when the work begins and is ended with it, however it ends. Rejects
 * as the work does, with `CliError` when the load ends first, and with `InterruptedError` when it is stopped while the rate rises.
 */
export async function withConstantLoad<Result>(
  { target, proxyProtocol, rps, rampMs, timeoutMs = loadDefaults.timeoutMs, stop }: ConstantLoadOptions,
  work: (load: ConstantLoad) => Promise<Result>,
): Promise<Result> {
  const failures: LoadFailure[] = [];
  let counts = { sent: 0, failed: 0 };
  const profile = [
    { durationMs: rampMs, fromRps: 0, toRps: rps },
    { durationMs: lastsMs, fromRps: rps, toRps: rps },
  ];
  const load = startLoad(
    { ...loadDefaults, target, timeoutMs, profile, ...(proxyProtocol === undefined ? {} : { proxyProtocol }) },
    ({ total }) => {
      counts = total;
    },
    (failure) => failures.push(failure),
  );
  const ended = load.finished.then((): never => {
    throw new CliError("The load ended before the work under it.");
  });
  ended.catch(() => {});
  try {
    await Promise.race([ended, sleep(rampMs, undefined, { signal: stop })]);
    return await Promise.race([ended, work({ counts: () => counts, failures: () => failures, timeoutMs })]);
  } catch (error) {
    throw stop.aborted ? new InterruptedError() : error;
  } finally {
    load.kill();
  }
}
