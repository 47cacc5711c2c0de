import { type Command, CommandError, must, type Runner } from "@compose-fleet/process";
import { explained } from "./hints.ts";
import { SetupError } from "./setup-error.ts";

/** Runs a command of set-up that has to succeed, and returns its output. Throws `SetupError` (exit code 1): `what` failed, the last lines, and what to do. */
export async function runStep(
  runner: Runner,
  wanted: Command,
  what: string,
  onLine?: (line: string) => void,
): Promise<string> {
  try {
    return await must(runner, wanted, onLine);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const { result } = error;
    const why = result.missing ? ` the program ${wanted.file} is not installed.` : `\n${explained(result)}`;
    throw new SetupError(`${what}:${why}`, 1);
  }
}
