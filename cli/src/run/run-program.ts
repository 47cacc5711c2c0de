import { fileSystemSentence, reasonOf } from "@compose-fleet/files";
import { CliError, exitCodes, InterruptedError } from "@compose-fleet/process";
import { type Command, CommanderError } from "commander";
import { processContext, writeToTerminal } from "./config.ts";
import type { CliContext } from "./context.ts";
import { type Interrupts, watchInterrupts } from "./interrupts.ts";

const say = (text: string) => writeToTerminal(`${text}\n`);

/** Runs a program with this process' arguments and sets its exit code; what went wrong is said on standard error. */
export async function runProgram(create: (context: CliContext) => Command): Promise<void> {
  // Ending here, in the middle of a run, would leave behind what it started. A reader that has seen enough (| head) is no failure.
  let unwritten: NodeJS.ErrnoException | undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "EIO") unwritten ??= error;
    });
  }
  const interrupts = watchInterrupts(process, say, () => {
    say(new InterruptedError().message);
    // Nothing was begun that would have to be ended; what goes on may never end by itself.
    process.exit(exitCodes.interrupted);
  });
  try {
    await create(processContext(interrupts)).parseAsync(process.argv);
  } catch (error) {
    process.exitCode = report(error, interrupts);
  } finally {
    interrupts.release();
  }
  // Errors of a stream come a turn later.
  await new Promise((resolve) => setImmediate(resolve));
  if (unwritten !== undefined) {
    say(`Not all of the output could be written: ${reasonOf(unwritten)}.`);
    process.exitCode ||= exitCodes.failed;
  }
}

function report(error: unknown, interrupts: Pick<Interrupts, "came">): number {
  // Commander has already said what is wrong, or shown the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (interrupts.came()) {
    say(new InterruptedError().message);
    return exitCodes.interrupted;
  }
  if (!(error instanceof Error)) throw error;
  const verbose = process.argv.includes("--verbose");
  // The project's own folder may be read-only, or the disk full, wherever something is written.
  const sentence = fileSystemSentence(error);
  const text = sentence ?? error.message;
  say(verbose ? (error.stack ?? text) : text);
  if (error instanceof CliError) return error.exitCode;
  if (!verbose && sentence === undefined) say("Run it again with --verbose to see where.");
  return exitCodes.failed;
}
