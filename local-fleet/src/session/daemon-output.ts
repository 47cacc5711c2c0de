import { open, readFile } from "node:fs/promises";
import type { FleetEvent } from "../control/events.ts";

/** Reads the events that a daemon appends to a file, each once. */
export function createEventReader(file: string): () => Promise<FleetEvent[]> {
  let offset = 0;
  let rest = "";
  return async () => {
    const handle = await open(file, "r").catch(() => undefined);
    if (handle === undefined) return [];
    try {
      const { size } = await handle.stat();
      const chunk = Buffer.alloc(Math.max(0, size - offset));
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, offset);
      offset += bytesRead;
      const lines = (rest + chunk.toString("utf8", 0, bytesRead)).split("\n");
      rest = lines.pop() ?? "";
      return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as FleetEvent);
    } finally {
      await handle.close();
    }
  };
}

/** The last lines of a text file; empty when it is not there. */
export async function tailOfFile(file: string, lines: number): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}
