import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";

/** Asks again and again and remembers what was answered. */
export interface AnswerWatch {
  /** The different answers since the watch began or this was called last. */
  take(): ReadonlySet<string>;
  stop(): Promise<void>;
}

const EVERY_MS = 100;
const TIMEOUT_MS = 10_000;

/** Watches the answers of `url`, each on a connection of its own, so that every worker gets its turn. A request that fails answers nothing. */
export function watchAnswers(url: string): AnswerWatch {
  let seen = new Set<string>();
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      try {
        const { statusCode, body } = await request(url, {
          method: "POST",
          body: "hello",
          reset: true,
          headersTimeout: TIMEOUT_MS,
          bodyTimeout: TIMEOUT_MS,
        });
        const text = await body.text();
        if (statusCode === 200) seen.add(text);
      } catch {
        // The load beside it counts failures.
      }
      await sleep(EVERY_MS);
    }
  })();
  return {
    take: () => {
      const taken = seen;
      seen = new Set();
      return taken;
    },
    stop: async () => {
      isOver = true;
      await watching;
    },
  };
}
