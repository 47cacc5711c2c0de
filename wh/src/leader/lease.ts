import type { Lease, Mandate } from "./ports.ts";

/** Times in milliseconds of the own monotonic clock: no clock is ever compared with another machine's. */
export interface LeaseState {
  /** The lease as last read, and since when it has looked like that; undefined when the next read says. */
  readonly seen?: { readonly lease: Lease | undefined; readonly sinceMs: number };
  readonly tenure?: { readonly fence: number; readonly validUntilMs: number };
  /** A fence that the store says is ours, without our knowing since when: the reply was lost. */
  readonly claimable?: number;
  /** The last call that the store did not answer; gone with the next answer. */
  readonly unanswered?: { readonly sentAtMs: number; readonly atMs: number };
}

export interface LeaseConfig {
  readonly me: string;
  readonly ttlMs: number;
  readonly renewMs: number;
  /** A standby looks this often. */
  readonly pollMs: number;
  /** A leader stops acting this long before others may take over: for a call under way, and clocks of unequal speed. */
  readonly marginMs: number;
  /** The fence before the first: higher than any that was used before the table was lost. */
  readonly seedFence: number;
}

export type LeaseEvent =
  | { readonly kind: "read"; readonly lease: Lease | undefined; readonly atMs: number }
  /** The store has written: valid from when it was sent, since others may have seen it from then on. */
  | { readonly kind: "taken"; readonly fence: number; readonly sentAtMs: number }
  | { readonly kind: "renewed"; readonly fence: number; readonly nextFence?: number; readonly sentAtMs: number }
  /** A condition was not met: somebody else has written. */
  | { readonly kind: "lost"; readonly fence: number }
  | { readonly kind: "unanswered"; readonly sentAtMs: number; readonly atMs: number };

export type LeaseCommand =
  | { readonly kind: "read" }
  | { readonly kind: "take"; readonly seen: Lease | undefined; readonly fence: number }
  | { readonly kind: "renew"; readonly fence: number };

/**
 * read ─► watching ─unchanged for the ttl, or released─► take ─written─► tenure ─renew─► tenure
 *            ▲                                            │ lost            │ lost: another fence
 *            └────────────────────────────────────────────┴─────────────────┘
 * Every event may come late or twice: validity counts from the sending, so an old reply gives nothing.
 */
export function onLeaseEvent(state: LeaseState, event: LeaseEvent, config: LeaseConfig): LeaseState {
  switch (event.kind) {
    case "read":
      return onRead(answered(state), event.lease, event.atMs, config);
    case "taken": {
      if (state.tenure && state.tenure.fence >= event.fence) return answered(state);
      return tenureOf(event.fence, event.sentAtMs, config);
    }
    case "renewed": {
      const { tenure, claimable } = state;
      if (tenure?.fence !== event.fence && claimable !== event.fence) return answered(state);
      const next = tenureOf(event.nextFence ?? event.fence, event.sentAtMs, config);
      const knownUntilMs = tenure?.fence === event.fence ? tenure.validUntilMs : Number.NEGATIVE_INFINITY;
      return {
        tenure: {
          fence: next.tenure.fence,
          validUntilMs: Math.max(knownUntilMs, next.tenure.validUntilMs),
        },
      };
    }
    case "lost": {
      const { tenure, claimable } = state;
      // What was seen is outdated in any case; a tenure under another fence is not concerned.
      return {
        ...(tenure && tenure.fence !== event.fence ? { tenure } : {}),
        ...(claimable !== undefined && claimable !== event.fence ? { claimable } : {}),
      };
    }
    case "unanswered": {
      const { seen: _unsure, ...others } = state;
      // A standby that could not watch begins to watch anew: the leader could not renew either.
      return { ...others, unanswered: { sentAtMs: event.sentAtMs, atMs: event.atMs } };
    }
  }
}

function onRead(state: LeaseState, lease: Lease | undefined, atMs: number, { me }: LeaseConfig): LeaseState {
  const { tenure, seen } = state;
  if (tenure) {
    // A reply that is older than the tenure says nothing about it.
    const isOurs = lease?.holder === me && lease.fence === tenure.fence && !lease.isReleased;
    if (isOurs || (lease && lease.fence < tenure.fence)) return state;
  }
  if (lease && lease.holder === me && !lease.isReleased) return { claimable: lease.fence };
  if (seen && lease && seen.lease && lease.version < seen.lease.version) return state;
  const isUnchanged =
    seen !== undefined && seen.lease?.version === lease?.version && seen.lease?.fence === lease?.fence;
  return { seen: { lease, sinceMs: isUnchanged ? seen.sinceMs : atMs } };
}

function answered({ unanswered: _old, ...state }: LeaseState): LeaseState {
  return state;
}

function tenureOf(fence: number, sentAtMs: number, { ttlMs, marginMs }: LeaseConfig) {
  return { tenure: { fence, validUntilMs: sentAtMs + ttlMs - marginMs } };
}

/** What may be done at `nowMs`. At most one scaler has the mandate for everything at any instant. */
export function mandateOf({ tenure, unanswered }: LeaseState, nowMs: number, { ttlMs }: LeaseConfig): Mandate {
  if (!tenure) return "nothing";
  if (nowMs < tenure.validUntilMs) return "everything";
  // A process that was stopped for a while finds its tenure ended too, but has not asked the store since.
  const isStoreAway = unanswered && unanswered.sentAtMs >= tenure.validUntilMs && nowMs - unanswered.atMs < ttlMs;
  return isStoreAway ? "scale-out" : "nothing";
}

/** What to ask of the store next, and when at the earliest; `lastSentAtMs` is when it was last asked. */
export function nextLeaseCommand(
  { seen, tenure, claimable, unanswered }: LeaseState,
  lastSentAtMs: number,
  { ttlMs, renewMs, pollMs, seedFence }: LeaseConfig,
): { readonly command: LeaseCommand; readonly dueAtMs: number } {
  if (tenure) {
    const dueAtMs = lastSentAtMs + (unanswered ? pollMs : renewMs);
    return { command: { kind: "renew", fence: tenure.fence }, dueAtMs };
  }
  if (claimable !== undefined) return { command: { kind: "renew", fence: claimable }, dueAtMs: again(unanswered) };
  if (!seen) return { command: { kind: "read" }, dueAtMs: again(unanswered) };
  const { lease, sinceMs } = seen;
  const freeAtMs = lease && !lease.isReleased ? sinceMs + Math.max(ttlMs, lease.ttlMs) : sinceMs;
  const pollAtMs = lastSentAtMs + pollMs;
  if (freeAtMs > pollAtMs) return { command: { kind: "read" }, dueAtMs: pollAtMs };
  const fence = (lease?.fence ?? seedFence) + 1;
  return { command: { kind: "take", seen: lease, fence }, dueAtMs: freeAtMs };

  function again(failure: LeaseState["unanswered"]): number {
    return failure ? lastSentAtMs + pollMs : lastSentAtMs;
  }
}
