import { createHash } from "node:crypto";
import type { Clock } from "@compose-fleet/process";

/** How often a message may be received; after that it is put aside, as the fleet's queue in AWS does. */
const RECEIVES = 10;

/** A message as it is handed out once. */
export interface Delivery {
  readonly id: string;
  readonly body: string;
  readonly bodyMd5: string;
  readonly receiptHandle: string;
  readonly receives: number;
}

/** A standard queue: no order is promised, and what is not deleted is delivered again. */
export interface EventQueue {
  /** The number of copies is how often it is delivered although it is deleted each time: 2 for a duplicate. */
  readonly send: (body: string, copies?: number) => void;
  /** Waits for at most `waitMs`, and hides what it hands out for `hiddenMs`. Ends early, with nothing, when the signal is aborted. */
  readonly receive: (request: {
    readonly most: number;
    readonly waitMs: number;
    readonly hiddenMs: number;
    readonly signal: AbortSignal;
  }) => Promise<readonly Delivery[]>;
  /** False for a handle that was never given. One of an earlier delivery deletes as well. */
  readonly remove: (receiptHandle: string) => boolean;
  /** Bodies of those that were received too often. */
  readonly deadLetters: () => readonly string[];
}

interface Message {
  readonly id: string;
  readonly body: string;
  visibleAtMs: number;
  receives: number;
}

/** An empty queue. */
export function createEventQueue({
  clock,
  newId,
}: {
  readonly clock: Clock;
  readonly newId: () => string;
}): EventQueue {
  const messages = new Map<string, Message>();
  const handles = new Map<string, string>();
  const deadLetters: string[] = [];
  let arrival = new AbortController();

  const deliver = (most: number, hiddenMs: number): readonly Delivery[] => {
    const nowMs = clock.nowMs();
    // The newest first: whoever counts on an order finds out.
    const visible = [...messages.values()].filter(({ visibleAtMs }) => visibleAtMs <= nowMs).reverse();
    const deliveries: Delivery[] = [];
    for (const message of visible.slice(0, most)) {
      if (message.receives >= RECEIVES) {
        messages.delete(message.id);
        deadLetters.push(message.body);
        continue;
      }
      message.receives += 1;
      message.visibleAtMs = nowMs + hiddenMs;
      const receiptHandle = newId();
      handles.set(receiptHandle, message.id);
      const { body, id, receives } = message;
      deliveries.push({ id, body, bodyMd5: createHash("md5").update(body).digest("hex"), receiptHandle, receives });
    }
    return deliveries;
  };
  /** When something may be there: the next message becomes visible, or one arrives; at the latest at `untilMs`. */
  const pause = async (untilMs: number, signal: AbortSignal): Promise<void> => {
    const next = Math.min(untilMs, ...[...messages.values()].map(({ visibleAtMs }) => visibleAtMs));
    const wake = AbortSignal.any([signal, arrival.signal]);
    await clock.sleep(Math.max(1, next - clock.nowMs()), wake).catch(() => undefined);
  };

  return {
    send: (body, copies = 1) => {
      for (let left = copies; left > 0; left--) {
        const id = newId();
        messages.set(id, { id, body, visibleAtMs: clock.nowMs(), receives: 0 });
      }
      arrival.abort(new Error("a message"));
      arrival = new AbortController();
    },
    receive: async ({ most, waitMs, hiddenMs, signal }) => {
      const untilMs = clock.nowMs() + waitMs;
      for (;;) {
        const found = deliver(most, hiddenMs);
        if (found.length > 0 || clock.nowMs() >= untilMs || signal.aborted) return found;
        await pause(untilMs, signal);
      }
    },
    remove: (receiptHandle) => {
      const id = handles.get(receiptHandle);
      if (id !== undefined) messages.delete(id);
      return id !== undefined;
    },
    deadLetters: () => deadLetters,
  };
}
