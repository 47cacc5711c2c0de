/** Exit codes of every command; also in each --help. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** A failure that a sentence explains: printed without a stack. `exitCode` is the process' (default 1). */
export class CliError extends Error {
  override readonly name: string = "CliError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The person asked to stop; everything that was started is gone when this reaches the top. */
export class InterruptedError extends CliError {
  override readonly name = "InterruptedError";

  constructor() {
    super("Interrupted.", exitCodes.interrupted);
  }
}
