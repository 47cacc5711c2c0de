import type { Log } from "../runtime/log.ts";

/** A log that keeps its lines, so that a test can look for a sentence or for a secret that must not be there. */
export function createMemoryLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  return { lines, info: write("info"), warn: write("warn"), error: write("error") };
}
