import { type LoadMessage, loadRequestSchema } from "./messages.ts";
import { runLoad } from "./run-load.ts";

// A process of its own, so that nothing else delays a request. It reads its request from the first argument, prints messages as
// JSON lines, and stops when its standard input ends: when it is told to, or when whoever started it is gone.
const request = loadRequestSchema.parse(JSON.parse(process.argv[2] ?? "null"));
const stop = new AbortController();
const print = (message: LoadMessage) => process.stdout.write(`${JSON.stringify(message)}\n`);

process.stdin.resume();
process.stdin.once("end", () => stop.abort());
// Ctrl-C reaches every process of the terminal; the one that started this decides when to stop.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => stop.abort());
// Nobody reads any more: the reader is gone.
process.stdout.on("error", () => stop.abort());

print(await runLoad(request, { onSecond: print, onFailure: print }, stop.signal));
process.stdin.destroy();
