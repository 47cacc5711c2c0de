/** What became of a notification: received, woke which tick, led to which decisions. */
export interface Receipt {
  readonly id: string;
  readonly receivedAtMs: number;
  readonly receiver: string;
  /** Shortened for display. */
  readonly groupKey: string;
  readonly firing: number;
  readonly resolved: number;
  readonly truncatedAlerts: number;
  /** An earlier receipt with the same news. A repeat wakes the loop all the same. */
  readonly repeats?: string;
  /** One sentence per alert that asks for nothing or cannot be followed. */
  readonly notes: readonly string[];
  /** The tick it woke; unset while queued. */
  readonly tick?: number;
  /** Records of `/api/decisions` made by that tick, changes only. */
  readonly decisions: readonly string[];
  /** Targets that tick held, with the reason's code. */
  readonly holds: readonly string[];
}

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
