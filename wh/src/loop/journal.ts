import type { Clock } from "../runtime/clock.ts";
import { type Log, messageOf } from "../runtime/log.ts";
import type { DecisionRecord } from "./decision-record.ts";
import { type DecisionLog, type DecisionSpan, RefusedRecordsError } from "./ports.ts";

/** Unchanged decisions of one target are kept at most this often. */
const REPEAT_MS = 60_000;
const FLUSH_MS = 2_000;
const CAPACITY = 2_000;
/** What waits for an unreachable store; beyond it the oldest are lost, and counted. */
const BACKLOG = 500;

/** Keeps decisions: at hand for the API, and batched into the store. */
export interface Journal {
  /** Fills the memory from the store. Never throws. */
  load(): Promise<void>;
  /** Keeps a record if it says something new: a change of the decision, an outcome, or a minute gone by. */
  record(record: DecisionRecord): void;
  /** Newest first. */
  latest(limit: number, target?: string): readonly DecisionRecord[];
  /** The audit of a span, newest first; what is not stored yet included. Rejects when the store cannot be read. */
  audit(span: DecisionSpan, limit: number): Promise<readonly DecisionRecord[]>;
  /** Records whose tick was woken by the receipt, newest first. */
  ofReceipt(receipt: string): readonly DecisionRecord[];
  /** Writes what waits, once, and stops writing. Never throws. */
  close(): Promise<void>;
}

/** A journal over a decision log. */
export function createJournal(deps: {
  readonly store: DecisionLog;
  readonly clock: Clock;
  readonly log: Log;
  readonly onStateError?: () => void;
}): Journal {
  const { store, clock, log } = deps;
  const kept = new Map<string, DecisionRecord>();
  const lastByTarget = new Map<string, { readonly record: DecisionRecord; readonly atMs: number }>();
  let waiting = new Map<string, DecisionRecord>();
  let cancelFlush: (() => void) | undefined;
  let isClosed = false;
  let writing = Promise.resolve();

  const flush = async () => {
    cancelFlush?.();
    cancelFlush = undefined;
    if (waiting.size === 0) return;
    const batch = waiting;
    waiting = new Map();
    try {
      await store.append([...batch.values()]);
    } catch (error) {
      deps.onStateError?.();
      if (error instanceof RefusedRecordsError) {
        for (const { id, problem } of error.refused)
          log.error({ record: batch.get(id), problem }, "a decision can never be stored and is left out");
        return;
      }
      log.error({ records: batch.size, problem: messageOf(error) }, "decisions cannot be stored, trying again");
      waiting = new Map([...batch, ...waiting].slice(-BACKLOG));
      schedule();
    }
  };
  const schedule = () => {
    if (isClosed) return;
    cancelFlush ??= clock.after(FLUSH_MS, () => {
      cancelFlush = undefined;
      writing = flush();
    });
  };
  const keep = (record: DecisionRecord) => {
    kept.set(record.id, record);
    for (const id of kept.keys()) {
      if (kept.size <= CAPACITY) break;
      kept.delete(id);
    }
  };
  const newestFirst = () => [...kept.values()].reverse();

  return {
    load: async () => {
      try {
        const records = await store.recent(clock.nowMs(), 200);
        for (const record of [...records].reverse()) keep(record);
      } catch (error) {
        deps.onStateError?.();
        log.error({ problem: messageOf(error) }, "earlier decisions cannot be read");
      }
    },
    record: (record) => {
      const atMs = clock.monotonicMs();
      const last = lastByTarget.get(record.target);
      if (last && !kept.has(record.id) && atMs - last.atMs < REPEAT_MS && isRepeat(last.record, record)) return;
      lastByTarget.set(record.target, { record, atMs });
      // Targets of workers long gone must not pile up.
      for (const [target, old] of lastByTarget) if (atMs - old.atMs > 2 * REPEAT_MS) lastByTarget.delete(target);
      keep(record);
      waiting.set(record.id, record);
      schedule();
    },
    latest: (limit, target) =>
      newestFirst()
        .filter((record) => target === undefined || record.target === target)
        .slice(0, limit),
    audit: async (span, limit) => {
      const { sinceMs, untilMs, target } = span;
      const ownWord = [...kept.values()].filter(
        (record) =>
          record.atMs >= sinceMs && record.atMs < untilMs && (target === undefined || record.target === target),
      );
      // What this process knows of a record is newer than what it has stored.
      const all = new Map([...(await store.between(span, limit)), ...ownWord].map((record) => [record.id, record]));
      return [...all.values()].sort((a, b) => b.atMs - a.atMs).slice(0, limit);
    },
    ofReceipt: (receipt) => newestFirst().filter((record) => record.receipts.includes(receipt)),
    close: async () => {
      isClosed = true;
      cancelFlush?.();
      await writing;
      await flush();
    },
  };
}

function isRepeat(last: DecisionRecord, next: DecisionRecord): boolean {
  return (
    last.kind === next.kind &&
    last.from === next.from &&
    last.to === next.to &&
    last.reason.code === next.reason.code &&
    // A retried action is news, a skipped one repeated every tick is not.
    (next.kind === "hold" || last.outcome?.status === "skipped")
  );
}
