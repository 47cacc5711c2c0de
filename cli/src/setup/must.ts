import type { Command, CommandResult, Runner } from "@compose-fleet/process";
import { explained } from "./hints.ts";
import { SetupError } from "./setup-error.ts";

/** Runs a command that has to succeed; `what` says what failed otherwise. Throws `SetupError` (exit code 1) with the command's last lines. */
export async function must(
  runner: Runner,
  command: Command,
  what: string,
  onLine?: (line: string) => void,
): Promise<CommandResult> {
  const result = await runner.run(command, onLine);
  if (result.missing) throw new SetupError(`${what}: the program ${command.file} is not installed.`, 1);
  if (result.exitCode !== 0) throw new SetupError(`${what}:\n${explained(result)}`, 1);
  return result;
}
