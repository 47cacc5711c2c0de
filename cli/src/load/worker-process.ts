import { createConnections } from "./connections.ts";
import { generateLoad } from "./generator.ts";
import { loopbackTarget } from "./loopback-target.ts";
import { type LoadMessage, loadRequestSchema } from "./messages.ts";
import { createLoadStats } from "./stats.ts";

// A process of its own, so that nothing else delays a request. It reads its request from the first argument, prints messages as
// JSON lines, and stops when its standard input ends: when it is told to, or when whoever started it is gone.
const request = loadRequestSchema.parse(JSON.parse(process.argv[2] ?? "null"));
const target = loopbackTarget(request.target);
const stop = new AbortController();
const print = (message: LoadMessage) => process.stdout.write(`${JSON.stringify(message)}\n`);

process.stdin.resume();
process.stdin.once("end", () => stop.abort());
// Ctrl-C reaches every process of the terminal; the one that started this decides when to stop.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => stop.abort());
// Nobody reads any more: the reader is gone.
process.stdout.on("error", () => stop.abort());

const nowMs = () => performance.now();
const { body, timeoutMs, proxyProtocol = false } = request;
const epochMs = () => Date.now();
const connections = createConnections({ target, body, timeoutMs, proxyProtocol, nowMs, epochMs });
const summary = await generateLoad(
  {
    connections,
    stats: createLoadStats(),
    nowMs,
    epochMs,
    cpuMicros: () => {
      const { user, system } = process.cpuUsage();
      return user + system;
    },
  },
  { profile: request.profile, maxInFlight: request.maxInFlight, onSecond: print, onFailure: print, stop: stop.signal },
);
print(summary);
await connections.close();
process.stdin.destroy();
