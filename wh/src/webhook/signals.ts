import type { Signal } from "@compose-fleet/policy";

/** A signal with the times that end it. */
export interface ActiveSignal {
  readonly signal: Signal;
  readonly name: string;
  readonly lastSeenAtMs: number;
  readonly endsAtMs?: number;
}

/** Active signals by id. */
export type SignalBook = Readonly<Record<string, ActiveSignal>>;

/** Alertmanager repeats every 30 s; ten repeats missed means that nobody will tell us of the end. */
export const SIGNAL_FORGET_MS = 5 * 60_000;
const SIGNAL_LIMIT = 1000;

export interface SignalNews {
  readonly signal: Signal;
  readonly name: string;
  readonly status: "firing" | "resolved";
  readonly endsAtMs?: number;
}

/** The book after `news` arrived at `atMs`: firing adds or renews, resolved ends. The oldest go when it is full. */
export function applyNews(book: SignalBook, news: readonly SignalNews[], atMs: number): SignalBook {
  const next = new Map(Object.entries(book));
  for (const { signal, name, status, endsAtMs } of news) {
    next.delete(signal.id);
    if (status === "firing") {
      next.set(signal.id, { signal, name, lastSeenAtMs: atMs, ...(endsAtMs === undefined ? {} : { endsAtMs }) });
    }
  }
  return expireSignals(Object.fromEntries([...next].slice(-SIGNAL_LIMIT)), atMs);
}

/** The book without signals that are over at `atMs`: past their end, or not repeated for five minutes. */
export function expireSignals(book: SignalBook, atMs: number): SignalBook {
  return Object.fromEntries(
    Object.entries(book).filter(
      ([, active]) =>
        (active.endsAtMs ?? Number.POSITIVE_INFINITY) > atMs && atMs - active.lastSeenAtMs < SIGNAL_FORGET_MS,
    ),
  );
}
