import { createInterface } from "node:readline/promises";
import type { Interrupts } from "./interrupts.ts";

/** Asks at the terminal; only "y" and "yes" consent. Rejects with `InterruptedError` at a stop signal, and at a closed terminal. */
export async function askAtTerminal(
  question: string,
  { signal, raise, check }: Pick<Interrupts, "signal" | "raise" | "check">,
  terminal: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream },
): Promise<boolean> {
  const lines = createInterface(terminal);
  lines.on("SIGINT", () => raise("SIGINT"));
  lines.once("close", () => raise("SIGINT"));
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    check();
    throw error;
  } finally {
    lines.removeAllListeners("close");
    lines.close();
  }
}
