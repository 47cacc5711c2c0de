import type { Override } from "@compose-fleet/policy";
import { type Clock, monotonicOf } from "../runtime/clock.ts";
import { type Log, messageOf } from "../runtime/log.ts";
import type { OverrideStore } from "./ports.ts";

const REFRESH_MS = 15_000;

/** An override, and when it ends by the monotonic clock: for as long as somebody has said, also when the machine's clock is set meanwhile. */
export interface ActiveOverride {
  readonly override: Override;
  readonly endsAtMs: number;
}

/** Overrides in force, kept at hand so that an unreachable store stops nothing. */
export interface Overrides {
  /** Those in force now, oldest first; reads the store when the last read is older than 15 s. Never throws. */
  active(): Promise<readonly ActiveOverride[]>;
  /** The next look reads the store, whatever was read before: for a scaler that begins to act. */
  readAnew(): void;
  /** Throws when it cannot be stored: an operator's word that a restart forgets would be a trap. */
  add(override: Override): Promise<void>;
  /** The one that was removed; undefined when there is none with this id. Throws when it cannot be removed. */
  remove(id: string): Promise<Override | undefined>;
}

/** Overrides backed by a store. */
export function createOverrides(deps: {
  readonly store: OverrideStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly onStateError?: () => void;
}): Overrides {
  const { store, clock, log } = deps;
  let known = new Map<string, ActiveOverride>();
  let changes = 0;
  let readAtMs = Number.NEGATIVE_INFINITY;

  const refresh = async () => {
    readAtMs = clock.monotonicMs();
    const changesBefore = changes;
    try {
      const stored = await store.list();
      if (changes === changesBefore) known = new Map(stored.map((override) => [override.id, timed(override)]));
    } catch (error) {
      deps.onStateError?.();
      log.error({ problem: messageOf(error) }, "overrides cannot be read, the last known ones hold");
    }
  };
  const timed = (override: Override): ActiveOverride => {
    const before = known.get(override.id);
    const isKnown = before?.override.expiresAtMs === override.expiresAtMs;
    return { override, endsAtMs: isKnown ? before.endsAtMs : monotonicOf(clock, override.expiresAtMs) };
  };
  const isInForce = ({ endsAtMs }: ActiveOverride) => endsAtMs > clock.monotonicMs();

  return {
    active: async () => {
      if (clock.monotonicMs() - readAtMs >= REFRESH_MS) await refresh();
      return [...known.values()].filter(isInForce).sort((a, b) => a.override.id.localeCompare(b.override.id));
    },
    readAnew: () => {
      readAtMs = Number.NEGATIVE_INFINITY;
    },
    add: async (override) => {
      await store.put(override);
      changes++;
      known.set(override.id, timed(override));
    },
    remove: async (id) => {
      const override = (await store.list()).find((one) => one.id === id && isInForce(timed(one)));
      if (!override) return undefined;
      await store.remove(id);
      changes++;
      known.delete(id);
      return override;
    },
  };
}
