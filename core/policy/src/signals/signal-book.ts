import type { Signal } from "./signal.ts";

/** A signal with the times that end it, by the monotonic clock. */
export interface ActiveSignal {
  readonly signal: Signal;
  readonly name: string;
  readonly lastSeenAtMs: number;
  readonly endsAtMs?: number;
}

/** Alertmanager repeats every `scaling.metrics.alertRepeatSeconds`, 120 s at most: two repeats missed means that nobody will tell us of the end. */
export const SIGNAL_FORGET_MS = 5 * 60_000;
const SIGNAL_LIMIT = 1000;

export interface SignalNews {
  readonly signal: Signal;
  readonly name: string;
  readonly status: "firing" | "resolved";
  readonly endsAtMs?: number;
}

/** Signals that are active, at most a thousand: the oldest go when it is full. */
export interface SignalBook {
  /** Firing adds or renews, resolved ends. Costs the same however many signals are active. */
  apply(news: readonly SignalNews[], atMs: number): void;
  /** The signals active at `atMs`, oldest first: not past their end, and repeated within five minutes. */
  active(atMs: number): readonly ActiveSignal[];
}

/** An empty book. */
export function createSignalBook(): SignalBook {
  // A renewed signal moves to the end, so both maps are in the order of their times and are cut from the front.
  const signals = new Map<string, ActiveSignal>();
  // A test alert that ended steps never again: a copy of it that comes late says nothing new.
  const endedTestAtMs = new Map<string, number>();

  const isOver = ({ lastSeenAtMs, endsAtMs }: ActiveSignal, atMs: number) =>
    (endsAtMs !== undefined && endsAtMs <= atMs) || atMs - lastSeenAtMs >= SIGNAL_FORGET_MS;
  const end = ({ id, kind }: Signal, atMs: number) => {
    if (kind !== "test") return;
    endedTestAtMs.delete(id);
    endedTestAtMs.set(id, atMs);
    dropOldest(endedTestAtMs);
  };

  return {
    apply: (news, atMs) => {
      for (const [id, endedAtMs] of endedTestAtMs) {
        if (atMs - endedAtMs < SIGNAL_FORGET_MS) break;
        endedTestAtMs.delete(id);
      }
      for (const { signal, name, status, endsAtMs } of news) {
        signals.delete(signal.id);
        if (status === "resolved") end(signal, atMs);
        else if (!endedTestAtMs.has(signal.id))
          signals.set(signal.id, { signal, name, lastSeenAtMs: atMs, ...(endsAtMs === undefined ? {} : { endsAtMs }) });
      }
      dropOldest(signals);
    },
    active: (atMs) => {
      for (const [id, active] of signals) if (isOver(active, atMs)) signals.delete(id);
      return [...signals.values()];
    },
  };
}

function dropOldest(map: Map<string, unknown>): void {
  for (const id of map.keys()) {
    if (map.size <= SIGNAL_LIMIT) return;
    map.delete(id);
  }
}
