import { destination, pino } from "pino";
import type { Log } from "./log.ts";

/** Lines are written together: a system call for each would hold up the notification that it is about. */
const BATCH_BYTES = 4096;
/** Nothing waits longer than this. */
const FLUSH_MS = 200;

/** The log of this process on stdout, written off the event loop's turn; what still waits is written when the process exits. */
export function createProcessLog(level: string): Log {
  const stdout = destination({ dest: 1, sync: false, minLength: BATCH_BYTES });
  setInterval(() => stdout.flush(), FLUSH_MS).unref();
  process.on("exit", () => stdout.flushSync());
  return pino({ level, base: { service: "wh" } }, stdout);
}
