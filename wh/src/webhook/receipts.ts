import type { Receipt } from "@compose-fleet/wh-api";

const NOTES_LIMIT = 20;
const HOLDS_LIMIT = 20;

/** The last receipts, oldest dropped first. They explain, they decide nothing. */
export interface Receipts {
  add(receipt: Receipt, key: string): Receipt;
  /** Hands the queued receipts to tick number `tick` and returns their ids. */
  takeQueued(tick: number): readonly string[];
  note(ids: readonly string[], note: string): void;
  ledTo(ids: readonly string[], decisions: readonly string[], holds: readonly string[]): void;
  find(id: string): Receipt | undefined;
  /** Newest first. */
  latest(limit: number): readonly Receipt[];
}

/** Keeps at most `capacity` receipts. */
export function createReceipts(capacity = 500): Receipts {
  const byId = new Map<string, Receipt>();
  const idByKey = new Map<string, string>();
  const keyById = new Map<string, string>();

  const update = (ids: readonly string[], change: (receipt: Receipt) => Partial<Receipt>) => {
    for (const id of ids) {
      const receipt = byId.get(id);
      if (receipt) byId.set(id, { ...receipt, ...change(receipt) });
    }
  };
  const drop = (id: string) => {
    byId.delete(id);
    const key = keyById.get(id);
    keyById.delete(id);
    if (key !== undefined && idByKey.get(key) === id) idByKey.delete(key);
  };

  return {
    add: (receipt, key) => {
      const earlier = idByKey.get(key);
      const stored = {
        ...receipt,
        notes: receipt.notes.slice(0, NOTES_LIMIT),
        ...(earlier ? { repeats: earlier } : {}),
      };
      byId.set(stored.id, stored);
      keyById.set(stored.id, key);
      idByKey.set(key, stored.id);
      for (const id of byId.keys()) {
        if (byId.size <= capacity) break;
        drop(id);
      }
      return stored;
    },
    takeQueued: (tick) => {
      const ids = [...byId.values()].filter((receipt) => receipt.tick === undefined).map((receipt) => receipt.id);
      update(ids, () => ({ tick }));
      return ids;
    },
    note: (ids, note) =>
      update(ids, (receipt) =>
        receipt.notes.length < NOTES_LIMIT && !receipt.notes.includes(note) ? { notes: [...receipt.notes, note] } : {},
      ),
    ledTo: (ids, decisions, holds) => update(ids, () => ({ decisions, holds: holds.slice(0, HOLDS_LIMIT) })),
    find: (id) => byId.get(id),
    latest: (limit) => [...byId.values()].reverse().slice(0, limit),
  };
}
