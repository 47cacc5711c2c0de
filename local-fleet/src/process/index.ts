export { CliError, exitCodes, InterruptedError } from "./cli-error.ts";
export { messageOf } from "./message-of.ts";
