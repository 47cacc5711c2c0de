import type { Weight } from "./announcer.ts";

type Say = (line: string, weight?: Weight) => void;

/** What people hear when a state has lasted, and when it is over. */
export interface LastingState {
  readonly begins: string;
  /** Undefined where its end is no news. */
  readonly ends: string | undefined;
}

/** Tells of states that last, each once: what is over within the time is no news. */
export interface LastingNews {
  /** The states of this kind that hold at `atMs` (monotonic), by key; those of before that are not among them are over. */
  see(kind: string, states: ReadonlyMap<string, LastingState>, atMs: number): void;
}

/** States are told after `lastingMs`. */
export function createLastingNews(say: Say, lastingMs: number): LastingNews {
  const kinds = new Map<
    string,
    Map<string, { readonly sinceMs: number; readonly ends: string | undefined; isSaid: boolean }>
  >();
  return {
    see: (kind, states, atMs) => {
      const known = kinds.get(kind) ?? new Map();
      kinds.set(kind, known);
      for (const [key, { ends, isSaid }] of known) {
        if (states.has(key)) continue;
        known.delete(key);
        if (isSaid && ends !== undefined) say(ends);
      }
      for (const [key, { begins, ends }] of states) {
        const state = known.get(key) ?? { sinceMs: atMs, ends, isSaid: false };
        known.set(key, state);
        if (state.isSaid || atMs - state.sinceMs <= lastingMs) continue;
        state.isSaid = true;
        say(begins, "trouble");
      }
    },
  };
}
