import type { Clock } from "../runtime/clock.ts";
import { type Log, messageOf } from "../runtime/log.ts";

/** Notifications come in bursts: a wake waits this long for more. */
const DEBOUNCE_MS = 50;
/** However often it is woken, this much lies between two starts. */
const MIN_GAP_MS = 500;

export interface LoopDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** One tick. May throw: it is logged, and the loop goes on. */
  readonly tick: () => Promise<void>;
  /** Milliseconds from the start of one tick to the start of the next. */
  readonly intervalMs: () => number;
  readonly onFailure?: () => void;
}

/** Ticks on its own; a wake brings the next tick forward. Never two ticks at once. */
export interface Loop {
  start(): void;
  wake(): void;
  /** No further tick; resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/**
 * stopped ─start─► waiting ─timer─► ticking ─end─► waiting …
 *                     │ ▲ wake: shorter timer  │ wake: remembered, next timer is short
 */
export function createLoop({ clock, log, tick, intervalMs, onFailure }: LoopDeps): Loop {
  let state: "stopped" | "waiting" | "ticking" = "stopped";
  let cancel: (() => void) | undefined;
  let current: Promise<void> = Promise.resolve();
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let isWoken = false;

  const schedule = () => {
    cancel?.();
    const dueAtMs = startedAtMs + (isWoken ? MIN_GAP_MS : intervalMs());
    cancel = clock.after(Math.max(isWoken ? DEBOUNCE_MS : 0, dueAtMs - clock.monotonicMs()), () => void run());
  };
  const run = () => {
    state = "ticking";
    isWoken = false;
    startedAtMs = clock.monotonicMs();
    current = runTick();
    return current;
  };
  const runTick = async () => {
    try {
      await tick();
    } catch (error) {
      onFailure?.();
      log.error(
        { problem: messageOf(error), stack: error instanceof Error ? error.stack : undefined },
        "a tick failed",
      );
    }
    if (state === "stopped") return;
    state = "waiting";
    schedule();
  };

  return {
    start: () => {
      if (state !== "stopped") return;
      state = "waiting";
      startedAtMs = Number.NEGATIVE_INFINITY;
      schedule();
    },
    wake: () => {
      if (isWoken || state === "stopped") return;
      isWoken = true;
      if (state === "waiting") schedule();
    },
    stop: async () => {
      state = "stopped";
      cancel?.();
      await current;
    },
  };
}
