import type { Notice } from "@compose-fleet/policy";
import { type Clock, monotonicOf } from "../runtime/clock.ts";
import type { MachineNotice } from "./read-event.ts";

/** AWS gives this long from an interruption's notice to the end of the machine. */
const WARNING_MS = 120_000;

interface Entry {
  readonly notice: Notice;
  readonly notedAtMs: number;
  /** By which the event is removed from the queue once the machine is gone; unset where it has been. */
  readonly handle: string | undefined;
  readonly isMember: boolean;
}

/** An entry that nobody needs any more. */
export interface Closed {
  readonly handle: string | undefined;
  /** Whether the machine has ever been one of the fleet's. */
  readonly wasMember: boolean;
}

/** What AWS has said of machines that may be the fleet's. */
export interface NoticeBook {
  /** Notes what an event said; false where that was known. `handle`: the event stays in the queue as long as the machine is there. */
  note(said: MachineNotice, handle: string | undefined): boolean;
  of(instance: string): Notice | undefined;
  /** After a look at the group that began at `lookedAtMs` (monotonic): closes the entries of machines that are not in it. */
  settle(members: ReadonlySet<string>, lookedAtMs: number): readonly Closed[];
}

/** An empty book. Events may come in any order, late and more than once: an interruption is never taken back, and ends no later by a repetition. */
export function createNoticeBook(clock: Clock): NoticeBook {
  const entries = new Map<string, Entry>();
  return {
    note: ({ instance, kind, saidAtMs }, handle) => {
      const nowMs = clock.monotonicMs();
      const before = entries.get(instance);
      const isKnown = before !== undefined && (before.notice.kind === kind || kind === "rebalance");
      if (isKnown) {
        if (kind === before.notice.kind) entries.set(instance, { ...before, handle });
        return false;
      }
      // AWS's clock and this one may differ: never longer than the whole warning, and never over already.
      const leftMs = Math.min(Math.max(monotonicOf(clock, saidAtMs) + WARNING_MS - nowMs, 0), WARNING_MS);
      const notice: Notice = kind === "interruption" ? { kind, goneAtMs: nowMs + leftMs } : { kind };
      entries.set(instance, { notice, notedAtMs: nowMs, handle, isMember: before?.isMember ?? false });
      return true;
    },
    of: (instance) => entries.get(instance)?.notice,
    settle: (members, lookedAtMs) => {
      const closed: Closed[] = [];
      for (const [instance, entry] of entries) {
        if (members.has(instance)) {
          if (!entry.isMember) entries.set(instance, { ...entry, isMember: true });
        } else if (entry.notedAtMs < lookedAtMs) {
          entries.delete(instance);
          closed.push({ handle: entry.handle, wasMember: entry.isMember });
        }
      }
      return closed;
    },
  };
}
