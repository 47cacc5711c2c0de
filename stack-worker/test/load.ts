import { Agent, request } from "node:http";

/** nginx keeps an idle connection for 5 s at least when it reads its configuration again: who sends on an older one may lose what it sends. */
const IDLE_MS = 4_000;
/** A beat that comes so late came after a time in which nobody here saw which connections were closed. */
const LATE_MS = 1_000;

/** What became of the requests of one load. */
export interface LoadResult {
  readonly sent: number;
  readonly ok: number;
  /** By status or error code. */
  readonly failed: Readonly<Record<string, number>>;
}

/** A load that is running. */
export interface Load {
  /** Sends no more, waits for what is open. */
  stop(): Promise<LoadResult>;
}

/** Sends keep-alive POSTs at a steady rate, whether or not earlier ones were answered; no retries. `seen` gets the text of each 200. */
export function startLoad(url: string, requestsPerSecond: number, seen: (answer: string) => void = () => {}): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: IDLE_MS });
  const failed: Record<string, number> = {};
  const open = new Set<Promise<void>>();
  let sent = 0;
  let ok = 0;
  const fail = (cause: string): void => {
    failed[cause] = (failed[cause] ?? 0) + 1;
  };
  const send = (): Promise<void> =>
    new Promise((resolve) => {
      const req = request(url, { method: "POST", agent, timeout: 10_000 }, (res) => {
        let text = "";
        res.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        res.on("close", () => {
          if (!res.complete) fail("cut off");
          else if (res.statusCode === 200) {
            ok += 1;
            seen(text);
          } else fail(String(res.statusCode));
          resolve();
        });
      });
      req.on("timeout", () => req.destroy(new Error("no answer in 10 s")));
      req.on("error", (error: NodeJS.ErrnoException) => {
        fail(error.code ?? error.message);
        resolve();
      });
      req.end("{}");
    });
  const startedMs = performance.now();
  let beatMs = startedMs;
  const pulse = setInterval(() => {
    const isLate = performance.now() - beatMs > LATE_MS;
    beatMs = performance.now();
    // The next one sends for both.
    if (isLate) return;
    const due = ((beatMs - startedMs) / 1000) * requestsPerSecond;
    while (sent < due) {
      sent += 1;
      const one = send().finally(() => open.delete(one));
      open.add(one);
    }
  }, 5);
  return {
    async stop() {
      clearInterval(pulse);
      await Promise.all(open);
      agent.destroy();
      return { sent, ok, failed };
    },
  };
}
