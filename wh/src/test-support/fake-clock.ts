import type { Clock } from "../runtime/clock.ts";

/** A clock that moves only when told. */
export interface FakeClock extends Clock {
  /** Moves on by `ms`, running due timers in order and letting promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock on (or back) by `ms`; timers and the monotonic clock notice nothing. */
  jump(ms: number): void;
}

/** Starts at `startMs` (default 1,000,000). `settleAll` lets everything that is ready run; where nothing but promises is at work, `settlePromises` is enough, and much faster. */
export function createFakeClock(startMs = 1_000_000, settleAll: () => Promise<void> = settle): FakeClock {
  let nowMs = startMs;
  let jumpedMs = 0;
  let sequence = 0;
  const timers = new Map<number, { atMs: number; task: () => void }>();

  const nextDue = (untilMs: number) =>
    [...timers].filter(([, timer]) => timer.atMs <= untilMs).sort((a, b) => a[1].atMs - b[1].atMs || a[0] - b[0])[0];

  return {
    nowMs: () => nowMs + jumpedMs,
    monotonicMs: () => nowMs,
    jump: (ms) => {
      jumpedMs += ms;
    },
    after: (delayMs, task) => {
      const id = ++sequence;
      timers.set(id, { atMs: nowMs + delayMs, task });
      return () => void timers.delete(id);
    },
    advance: async (ms) => {
      const untilMs = nowMs + ms;
      await settleAll();
      for (let due = nextDue(untilMs); due; due = nextDue(untilMs)) {
        timers.delete(due[0]);
        nowMs = Math.max(nowMs, due[1].atMs);
        due[1].task();
        await settleAll();
      }
      nowMs = untilMs;
    },
  };
}

/** Lets everything that is ready to run, run. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 3; round++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Longer than the longest chain of promises between two timers. */
const TURNS = 60;

/** Lets promises settle that wait for nothing but each other. */
export async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await undefined;
}
