import type { DeliveredMessage } from "@compose-fleet/local-fleet/session";

/** The lines of messages; the first of each says only which fleet it is about, unless it is the only one. */
export function linesOf(messages: readonly DeliveredMessage[]): readonly string[] {
  return messages.flatMap(({ text }) => {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    return lines.length > 1 && lines[0]?.endsWith(":") ? lines.slice(1) : lines;
  });
}

/** Lines that people heard again, beyond the first time. */
export function toldAgain(lines: readonly string[]): number {
  return lines.length - new Set(lines).size;
}
