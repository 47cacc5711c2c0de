import type { Override } from "@compose-fleet/policy";
import type { Clock } from "../clock.ts";
import { type Log, messageOf } from "../log.ts";
import type { OverrideStore } from "./ports.ts";

const REFRESH_MS = 15_000;

/** Overrides in force, kept at hand so that an unreachable store stops nothing. */
export interface Overrides {
  /** Those in force now, oldest first; reads the store when the last read is older than 15 s. Never throws. */
  active(): Promise<readonly Override[]>;
  /** Throws when it cannot be stored: an operator's word that a restart forgets would be a trap. */
  add(override: Override): Promise<void>;
  /** False when there is none with this id. Throws when it cannot be removed. */
  remove(id: string): Promise<boolean>;
}

/** Overrides backed by a store. */
export function createOverrides(deps: {
  readonly store: OverrideStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly onStateError?: () => void;
}): Overrides {
  const { store, clock, log } = deps;
  let known = new Map<string, Override>();
  let changes = 0;
  let readAtMs = Number.NEGATIVE_INFINITY;

  const refresh = async () => {
    readAtMs = clock.monotonicMs();
    const changesBefore = changes;
    try {
      const stored = await store.list(clock.nowMs());
      if (changes === changesBefore) known = new Map(stored.map((override) => [override.id, override]));
    } catch (error) {
      deps.onStateError?.();
      log.error({ problem: messageOf(error) }, "overrides cannot be read, the last known ones hold");
    }
  };
  const inForce = () =>
    [...known.values()]
      .filter(({ expiresAtMs }) => expiresAtMs > clock.nowMs())
      .sort((a, b) => a.id.localeCompare(b.id));

  return {
    active: async () => {
      if (clock.monotonicMs() - readAtMs >= REFRESH_MS) await refresh();
      return inForce();
    },
    add: async (override) => {
      await store.put(override);
      changes++;
      known.set(override.id, override);
    },
    remove: async (id) => {
      if (!(await store.list(clock.nowMs())).some((override) => override.id === id)) return false;
      await store.remove(id);
      changes++;
      known.delete(id);
      return true;
    },
  };
}
