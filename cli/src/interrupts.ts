const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Turns the signals that end a program into an abort, so that commands clean up; a further one only says that this is still going on,
 * because ending at once is what would leave things behind. `release` gives the signals their usual meaning back.
 */
export function watchInterrupts(
  emitter: NodeJS.EventEmitter,
  say: (text: string) => void,
): { readonly stop: AbortSignal; release(): void } {
  const controller = new AbortController();
  const listener = () => {
    say(controller.signal.aborted ? "Still cleaning up, a moment please." : "Stopping: cleaning up first.");
    controller.abort();
  };
  for (const signal of signals) emitter.on(signal, listener);
  return {
    stop: controller.signal,
    release: () => {
      for (const signal of signals) emitter.off(signal, listener);
    },
  };
}
