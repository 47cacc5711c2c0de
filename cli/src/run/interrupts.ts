const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Interrupts {
  /** Aborts at the first signal. Who takes it promises to clean up and to end; until then a signal ends the process. */
  readonly stop: AbortSignal;
  /** Whether a signal came. */
  readonly came: () => boolean;
  /** Gives the signals their usual meaning back. */
  release(): void;
}

/**
 * Turns the signals that end a program into an abort, so that commands clean up; a further one only says that this is still going on,
 * because ending at once is what would leave things behind. A command that has not asked for the abort has nothing to clean up: `end` is called.
 */
export function watchInterrupts(
  emitter: NodeJS.EventEmitter,
  say: (text: string) => void,
  end: () => void,
): Interrupts {
  const controller = new AbortController();
  let isTaken = false;
  const listener = () => {
    const isFirst = !controller.signal.aborted;
    controller.abort();
    if (!isTaken) return end();
    say(isFirst ? "Stopping: cleaning up first." : "Still cleaning up, a moment please.");
  };
  for (const signal of signals) emitter.on(signal, listener);
  return {
    get stop() {
      isTaken = true;
      return controller.signal;
    },
    came: () => controller.signal.aborted,
    release: () => {
      for (const signal of signals) emitter.off(signal, listener);
    },
  };
}
