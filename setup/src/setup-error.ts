import { CliError, exitCodes } from "@compose-fleet/process";

/** Setting up this machine cannot go on. The message says what was found and what to do. By default the user has to act first (exit code 2). */
export class SetupError extends CliError {
  override readonly name = "SetupError";

  constructor(message: string, exitCode: number = exitCodes.usage) {
    super(message, exitCode);
  }
}
