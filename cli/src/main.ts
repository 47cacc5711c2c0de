import { CommanderError } from "commander";
import { CliError, exitCodes, InterruptedError } from "./cli-error.ts";
import { processContext } from "./config.ts";
import { FleetFileError } from "./fleet-file/load.ts";
import { watchInterrupts } from "./interrupts.ts";
import { createProgram } from "./program.ts";
import { SetupError } from "./setup/index.ts";

const say = (text: string) => process.stderr.write(`${text}\n`);
// A reader that has seen enough (| head) is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  });
}
const interrupts = watchInterrupts(process, say);

try {
  await createProgram(processContext(interrupts.stop)).parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
} finally {
  interrupts.release();
}

function report(error: unknown): number {
  // Commander has already said what is wrong, or shown the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (interrupts.stop.aborted) {
    say(new InterruptedError().message);
    return exitCodes.interrupted;
  }
  if (!(error instanceof Error)) throw error;
  const verbose = process.argv.includes("--verbose");
  say(verbose ? (error.stack ?? error.message) : error.message);
  if (error instanceof CliError || error instanceof SetupError) return error.exitCode;
  if (error instanceof FleetFileError) return exitCodes.failed;
  if (!verbose) say("Run it again with --verbose to see where.");
  return exitCodes.failed;
}
