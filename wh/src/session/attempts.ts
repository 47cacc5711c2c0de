import type { Clock } from "../runtime/clock.ts";

const MOST = 5;
const WINDOW_MS = 60_000;

/** Wrong tokens in a row of time: everybody's together, since all come through the same tunnel or proxy. */
export interface Attempts {
  /** Seconds to wait before the next attempt is looked at; 0 when it may be made now. */
  waitSeconds(): number;
  failed(): void;
}

/** Five wrong ones a minute. */
export function createAttempts(clock: Pick<Clock, "monotonicMs">): Attempts {
  let failures: number[] = [];
  const recent = () => failures.filter((atMs) => clock.monotonicMs() - atMs < WINDOW_MS);
  return {
    waitSeconds: () => {
      failures = recent();
      const [oldest] = failures;
      if (oldest === undefined || failures.length < MOST) return 0;
      return Math.ceil((oldest + WINDOW_MS - clock.monotonicMs()) / 1000);
    },
    failed: () => {
      failures = [...recent(), clock.monotonicMs()];
    },
  };
}
