import { InterruptedError } from "@compose-fleet/process";
import type { Command } from "commander";
import { optionsOf } from "../options/options-of.ts";
import type { CliContext } from "../run/context.ts";
import type { FleetTarget } from "./fleet-target.ts";
import { openLocalTarget } from "./local-target.ts";
import { placeOf, type TargetOptions } from "./target-options.ts";

/**
 * Does something with the fleet that the command's options name, and closes what was opened for it, also when it fails or is interrupted. Throws
 * `CliError` with what to do.
 */
export async function withTarget<T>(
  context: CliContext,
  command: Command,
  work: (target: FleetTarget) => Promise<T>,
): Promise<T> {
  const target = await openTarget(context, command);
  try {
    return await untilStopped(target.stop, work(target));
  } finally {
    await target.close();
  }
}

async function openTarget(context: CliContext, command: Command): Promise<FleetTarget> {
  const options = optionsOf<TargetOptions>(command);
  if (placeOf(options, (option) => command.getOptionValueSourceWithGlobals(option) === "cli") === "local")
    return openLocalTarget(context, options.name);
  // AWS's clients are loaded by who needs them: they would make every other command slower to start.
  const { openAwsTarget } = await import("./aws-target.ts");
  return openAwsTarget(context, options.fleet);
}

/** Work that hangs must not keep what was opened open. */
function untilStopped<T>(stop: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (stop === undefined) return work;
  return new Promise((resolve, reject) => {
    const interrupted = () => reject(new InterruptedError());
    if (stop.aborted) interrupted();
    stop.addEventListener("abort", interrupted, { once: true });
    work.then(resolve, reject).finally(() => stop.removeEventListener("abort", interrupted));
  });
}
