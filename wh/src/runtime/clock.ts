import { performance } from "node:perf_hooks";

/** Time as a dependency: the loop, back-offs and expiries are tested without waiting. */
export interface Clock {
  /** Epoch milliseconds by the machine's clock, which somebody may set. For people, for other machines and for what is stored. */
  nowMs(): number;
  /**
   * Milliseconds since the epoch as the machine's clock had it when the process started. Never jumps, whatever is done to that clock.
   * For durations, and for every time that is compared with another one.
   */
  monotonicMs(): number;
  /** Runs `task` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, task: () => void): () => void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => Math.floor(performance.timeOrigin + performance.now()),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A time of the monotonic clock as people and other machines know it. */
export function wallOf(clock: Pick<Clock, "nowMs" | "monotonicMs">, monotonicMs: number): number {
  return monotonicMs + clock.nowMs() - clock.monotonicMs();
}

/** A time of the machine's clock on the monotonic one. Kept, it moves no more when that clock is set. */
export function monotonicOf(clock: Pick<Clock, "nowMs" | "monotonicMs">, wallMs: number): number {
  return wallMs - clock.nowMs() + clock.monotonicMs();
}

/** Resolves after `delayMs` of `clock`. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.after(delayMs, resolve));
}

/** The answer, or after `limitMs` what `late` says: for what must not hold anything up. The answer that comes later is lost. */
export function inTime<T>(limitMs: number, clock: Pick<Clock, "after">, answer: Promise<T>, late: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () => resolve(late()));
    answer.then(resolve, reject).finally(cancel);
  });
}
