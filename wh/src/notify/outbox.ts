import { type Clock, inTime } from "../runtime/clock.ts";
import { type Log, messageOf } from "../runtime/log.ts";
import { type Channel, DeliveryError } from "./channel.ts";
import { splitText } from "./split-text.ts";

/** Between two messages: chats take about one a second. */
const PAUSE_MS = 1_000;
/** Waits after a failure, doubled each time; a channel that asks for longer gets it, up to the last. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
const LONGEST_ASKED_MS = 60 * 60_000;
/** Older news are given up: whoever looks by then looks at the fleet. */
const GIVE_UP_MS = 30 * 60_000;
/** Texts that wait for a channel; beyond it those that matter less go first, then the oldest. */
const CAPACITY = 50;

export interface OutgoingText {
  readonly text: string;
  readonly isImportant: boolean;
}

/** What waits for one channel. Never throws, and nobody waits for it. */
export interface Outbox {
  put(outgoing: OutgoingText): void;
  /** Resolves when everything that waits was tried once more, or `limitMs` have gone by. */
  flush(limitMs: number): Promise<void>;
}

interface Waiting extends OutgoingText {
  /** Parts not yet delivered. */
  parts: string[];
  readonly sinceMs: number;
  /** Its first part may be out: it is not dropped for want of room. */
  isBegun: boolean;
  /** How many dropped ones it tells of. */
  tellsOf: number;
}

/**
 * put ─► waiting ─► sending ─delivered─► the next
 *                      │ refused for good, or older than 30 min ─► dropped, and counted: the next delivered text says so
 *                      └ later ─► waits (1, 2, 4 … 60 s, or as long as the channel asks), then again: the order is kept
 */
export function createOutbox(channel: Channel, { clock, log }: { readonly clock: Clock; readonly log: Log }): Outbox {
  const waiting: Waiting[] = [];
  let dropped = 0;
  let current: Promise<void> | undefined;
  let isEnding = false;
  let wakeUp = () => {};

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (isEnding) return resolve();
      const cancel = clock.after(ms, resolve);
      wakeUp = () => {
        cancel();
        resolve();
      };
    });
  /** Delivers what is left of it; returns how long to wait before trying again, undefined when it is done with. */
  const deliver = async (next: Waiting, attempt: number): Promise<number | undefined> => {
    const isLastTry = isEnding;
    try {
      for (let part = next.parts[0]; part !== undefined; part = next.parts[0]) {
        next.isBegun = true;
        await channel.send(part);
        next.parts.shift();
        if (next.parts.length > 0) await pause(PAUSE_MS);
      }
      return undefined;
    } catch (error) {
      const isRetryable = !(error instanceof DeliveryError) || error.isRetryable;
      const isOld = clock.monotonicMs() - next.sinceMs >= GIVE_UP_MS;
      const goesOn = isRetryable && !isOld && !isLastTry;
      const fields = { channel: channel.name, problem: messageOf(error) };
      log.warn(fields, `a message to people was not delivered${goesOn ? ", trying again" : ""}`);
      if (!goesOn) {
        dropped++;
        return undefined;
      }
      const asked = error instanceof DeliveryError ? (error.retryAfterMs ?? 0) : 0;
      const backOff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10));
      return Math.max(backOff, Math.min(asked, LONGEST_ASKED_MS));
    }
  };
  const run = async () => {
    let attempt = 0;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (!next.isBegun) {
        next.tellsOf = dropped;
        next.parts = splitText(withDropped(next.text), channel);
      }
      const waitMs = await deliver(next, attempt++);
      if (waitMs !== undefined) {
        await pause(waitMs);
        continue;
      }
      if (next.parts.length === 0) dropped -= next.tellsOf;
      waiting.splice(waiting.indexOf(next), 1);
      attempt = 0;
      if (waiting.length > 0) await pause(PAUSE_MS);
    }
    current = undefined;
  };
  const withDropped = (text: string) =>
    dropped > 0
      ? `${text}\n(${dropped} earlier ${dropped === 1 ? "message was" : "messages were"} not delivered)`
      : text;
  const makeRoom = () => {
    while (waiting.length > CAPACITY) {
      const rest = waiting.filter(({ isBegun }) => !isBegun);
      const victim = rest.find(({ isImportant }) => !isImportant) ?? rest[0];
      if (victim === undefined) return;
      waiting.splice(waiting.indexOf(victim), 1);
      dropped++;
      log.warn({ channel: channel.name }, "too many messages to people wait, one was dropped");
    }
  };

  return {
    put: (outgoing) => {
      waiting.push({ ...outgoing, parts: [], sinceMs: clock.monotonicMs(), isBegun: false, tellsOf: 0 });
      makeRoom();
      current ??= run();
    },
    flush: async (limitMs) => {
      isEnding = true;
      wakeUp();
      await inTime(limitMs, clock, current ?? Promise.resolve(), () => undefined);
      isEnding = false;
    },
  };
}
