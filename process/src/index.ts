export { CliError, exitCodes, InterruptedError } from "./cli-error.ts";
export { type Clock, systemClock } from "./clock.ts";
export {
  type Command,
  CommandError,
  type CommandResult,
  command,
  commandText,
  type Launcher,
  must,
  type Runner,
  tailOf,
} from "./command.ts";
export { createGroupRunner, createTerminalRunner } from "./execa-runner.ts";
export { messageOf } from "./message-of.ts";
export { type PollOptions, pollUntil } from "./poll-until.ts";
export type { Progress, ProgressStep } from "./progress.ts";
export { createTerminalPrograms, type TerminalPrograms } from "./terminal-programs.ts";
