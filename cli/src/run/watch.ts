import { CliError, exitCodes } from "@compose-fleet/process";
import { cutTo } from "../status/fitting-table.ts";
import type { CliContext } from "./context.ts";

/** How often is looked, milliseconds. */
const EVERY_MS = 2_000;

/** Columns of the terminal; where there is none, those that mails and logs have. */
export function columnsOf({ isTty, columns }: Pick<CliContext["terminal"], "isTty" | "columns">): number {
  return isTty ? Math.max(20, columns()) : 80;
}

/**
 * Shows what `look` finds, again and again until the process is interrupted: drawn over on a terminal, else as a block whenever it has changed. A
 * look that fails is shown and tried again, unless the first says that nothing can be looked at (exit code 2). Throws then.
 */
export async function watch(
  { terminal, print }: Pick<CliContext, "terminal" | "print">,
  clock: { sleep(ms: number): Promise<void> },
  look: () => Promise<readonly string[]>,
): Promise<never> {
  let drawn = "";
  for (let isFirst = true; ; isFirst = false) {
    let lines: readonly string[];
    try {
      lines = await look();
    } catch (error) {
      if (!(error instanceof CliError) || (isFirst && error.exitCode === exitCodes.usage)) throw error;
      lines = error.message.split("\n");
    }
    const text = lines.map((line) => `${cutTo(line, columnsOf(terminal))}\n`).join("");
    // From the top, each line to its end, and what is below: without a blank screen between.
    if (terminal.isTty)
      terminal.write(`${isFirst ? "\u001b[2J" : ""}\u001b[H${text.replaceAll("\n", "\u001b[K\n")}\u001b[J`);
    else if (text !== drawn) print(text);
    drawn = text;
    await clock.sleep(EVERY_MS);
  }
}
