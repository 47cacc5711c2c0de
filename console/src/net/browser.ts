import type { Ask, OpenStream, PageClock } from "./ports.ts";

const LIMIT_MS = 10_000;
const EVENTS = ["look", "beat", "signed-out"] as const;

export const ask: Ask = (path, asked) =>
  fetch(path, { ...asked, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(LIMIT_MS) });

export const openStream: OpenStream =
  typeof EventSource === "undefined"
    ? undefined
    : (path, { onEnd, onEvent }) => {
        const source = new EventSource(path);
        for (const name of EVENTS) source.addEventListener(name, ({ data }) => onEvent(name, String(data)));
        source.addEventListener("error", () => {
          // While it connects again by itself there is nothing to do.
          if (source.readyState === EventSource.CLOSED) onEnd();
        });
        return () => source.close();
      };

export const pageClock: PageClock = {
  pageMs: () => performance.now(),
  wallMs: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
