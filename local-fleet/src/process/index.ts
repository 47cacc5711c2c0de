export { CliError, exitCodes, InterruptedError } from "./cli-error.ts";
export { type Clock, systemClock } from "./clock.ts";
export {
  type Command,
  type CommandResult,
  command,
  commandText,
  type Launcher,
  type Runner,
  tailOf,
} from "./command.ts";
export { createTerminalRunner } from "./execa-runner.ts";
export { messageOf } from "./message-of.ts";
export type { Progress, ProgressStep } from "./progress.ts";
