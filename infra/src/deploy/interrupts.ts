import type { StopSignal, StopSignals } from "../terraform/run-command.ts";

/** Somebody asked for the end. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/** Stop signals of this process. As long as it listens, none ends the process by itself. */
export interface Interrupts {
  /** For the programs that run meanwhile. */
  readonly stopSignals: StopSignals;
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** A signal that did not come from the system: a terminal in raw mode hands over the key instead. */
  raise(signal: StopSignal): void;
  /** Throws `InterruptedError` once a signal has come. */
  check(): void;
  close(): void;
}

/** What signals come from: Node's `process`. */
export interface SignalSource {
  on(signal: Heard, listener: () => void): unknown;
  off(signal: Heard, listener: () => void): unknown;
}
type Heard = StopSignal | "SIGHUP";

/** Each and what it is passed on as: Terraform knows no SIGHUP, by which a terminal says that it is gone. */
const SIGNALS: Readonly<Record<Heard, StopSignal>> = { SIGINT: "SIGINT", SIGTERM: "SIGTERM", SIGHUP: "SIGINT" };

/** One key reaches this process by the terminal and by npm, and Terraform takes a second signal for impatience. */
const SAME_MS = 1000;

/** Listens from now on; tells by `say` what the first signal leads to, and the second. */
export function createInterrupts(source: SignalSource, say: (line: string) => void, nowMs: () => number): Interrupts {
  let lastMs = Number.NEGATIVE_INFINITY;
  const listeners = new Set<(signal: StopSignal) => void>();
  const controller = new AbortController();
  const raise = (signal: StopSignal) => {
    const isSame = nowMs() - lastMs < SAME_MS;
    lastMs = nowMs();
    if (isSame) return;
    if (!controller.signal.aborted && listeners.size > 0)
      say(
        "Interrupted: Terraform ends what it has begun and releases its lock. Once more ends it at once, unrecorded.",
      );
    controller.abort(new InterruptedError(signal));
    for (const listener of [...listeners]) listener(signal);
  };
  const heard = Object.entries(SIGNALS).map(([signal, passed]) => [signal as Heard, () => raise(passed)] as const);
  for (const [signal, listener] of heard) source.on(signal, listener);
  return {
    stopSignals: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    signal: controller.signal,
    raise,
    check: () => controller.signal.throwIfAborted(),
    close: () => {
      for (const [signal, listener] of heard) source.off(signal, listener);
    },
  };
}
