/** Setting up this machine cannot go on. The message says what was found and what to do; `exitCode` is for the process (2 = the user has to act first). */
export class SetupError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 2) {
    super(message);
    this.name = "SetupError";
    this.exitCode = exitCode;
  }
}
