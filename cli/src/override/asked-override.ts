import { CliError, exitCodes } from "@compose-fleet/process";
import type { OverrideRequest } from "@compose-fleet/wh-api";
import { secondsUntil } from "./until.ts";

/** What a person may ask for. */
export interface OverrideOptions {
  readonly min?: number;
  readonly max?: number;
  readonly pin?: number;
  readonly pause?: "in" | "out" | "all";
  readonly service?: string;
  readonly until?: string;
  /** Seconds. */
  readonly for?: number;
  readonly reason?: string;
  readonly by: string;
}

/** The request that the options mean. Throws `CliError` (exit code 2) for options that are missing, or contradict each other. */
export function askedOverride(options: OverrideOptions, nowMs: number): OverrideRequest {
  const kept = { forSeconds: lasting(options, nowMs), by: options.by, reason: reasonOf(options) };
  const { min, max, pin, pause, service } = options;
  const asked = [min ?? max, pin, pause].filter((value) => value !== undefined);
  if (asked.length === 0) throw usage("Write what is asked for: --min, --max, --pin or --pause.");
  if (asked.length > 1) throw usage("Write --min and --max, or --pin, or --pause: one override says one thing.");
  if (pause !== undefined) {
    if (service !== undefined)
      throw usage("A pause is of the whole fleet: leave --service out, or write --pin with the number that runs.");
    return { kind: "pause", direction: pause, ...kept };
  }
  if (min !== undefined && max !== undefined && min > max) throw usage(`--min ${min} is more than --max ${max}.`);
  if (pin !== undefined)
    return service === undefined
      ? { kind: "pin-workers", workers: pin, ...kept }
      : { kind: "pin-replicas", service, replicas: pin, ...kept };
  const bounds = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  return service === undefined
    ? { kind: "limit-workers", ...bounds, ...kept }
    : { kind: "limit-replicas", service, ...bounds, ...kept };
}

function lasting(options: OverrideOptions, nowMs: number): number {
  if (options.until !== undefined && options.for !== undefined) throw usage("Write --until or --for, not both.");
  if (options.until !== undefined) return secondsUntil(options.until, nowMs);
  const seconds = Math.ceil(options.for ?? 0);
  if (seconds <= 0) throw usage("Write how long it is to last: --until 22:00, or --for 2h. It ends by itself.");
  return seconds;
}

function reasonOf({ reason = "" }: OverrideOptions): string {
  const said = reason.trim();
  if (said === "") throw usage("Write --reason: whoever finds the override at night should know why.");
  if (said.length > 200 || /\p{C}/u.test(said)) throw usage("--reason is one line of at most 200 characters.");
  return said;
}

function usage(message: string): CliError {
  return new CliError(message, exitCodes.usage);
}
