import { InterruptedError } from "./cli-error.ts";
import type { Clock } from "./clock.ts";

/** How often and how long is looked, by which clock. */
export interface PollOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  readonly limitMs: number;
  /** Ends the waiting, also in the middle of it. */
  readonly stop?: AbortSignal;
}

/**
 * Looks at once, then every so often, until a look finds something, and returns that; undefined once the time is over. The last look ends after
 * the limit: what came within it is found. Throws what `look` throws, and `InterruptedError` once told to stop.
 */
export async function pollUntil<T>(
  look: () => T | undefined | Promise<T | undefined>,
  { clock, everyMs, limitMs, stop }: PollOptions,
): Promise<T | undefined> {
  const beganAtMs = clock.nowMs();
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (stop?.aborted) throw new InterruptedError();
    if (clock.nowMs() - beganAtMs > limitMs) return undefined;
    await clock.sleep(everyMs, stop).catch((error: unknown) => {
      if (!stop?.aborted) throw error;
      throw new InterruptedError();
    });
  }
}
