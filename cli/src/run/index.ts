export type { CliContext } from "./context.ts";
export { programOf } from "./program-of.ts";
export { createTerminalProgress } from "./progress.ts";
export { runProgram } from "./run-program.ts";
