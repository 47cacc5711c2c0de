import type { GroupReading } from "@compose-fleet/policy";
import type { WorkerGroupReader } from "../observe/worker-group.ts";
import type { Clock } from "../runtime/clock.ts";
import { type Log, messageOf } from "../runtime/log.ts";
import { createNoticeBook } from "./notice-book.ts";
import type { EventQueue, QueuedEvent } from "./ports.ts";
import { readEvent, type Skipped } from "./read-event.ts";

/** After a failure the queue is asked again so much later; nothing else waits for it. */
const RETRY_MS = 15_000;
/** How often a scaler that stands by looks whether it leads. */
const STANDBY_MS = 1_000;

/** What became of an event: `not-ours` is about a machine of somebody else in this account, `repeated` was known. */
export type EventResult = "interruption" | "rebalance" | "repeated" | "not-ours" | Skipped;

export interface NoticeReaderDeps {
  /** Undefined where no worker is Spot: then nothing is read. */
  readonly queue: EventQueue | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** A scaler that stands by leaves the queue to the one that leads. */
  readonly isLeading: () => boolean;
  readonly onEvent: (result: EventResult) => void;
  /** Called for a notice that was not known. */
  readonly wake: () => void;
}

/** Reads the fleet's events beside the loop. */
export interface NoticeReader {
  /** The same group, its members with what AWS has said of them. */
  withNotices(group: WorkerGroupReader): WorkerGroupReader;
  start(): void;
  /** Resolves when nothing is read any more. */
  stop(): Promise<void>;
}

/**
 * A notice of an interruption stays in the queue until its machine is gone: so a scaler that starts anew, or takes over, hears of it again.
 * All else is removed when it has been read.
 */
export function createNoticeReader(deps: NoticeReaderDeps): NoticeReader {
  const { queue, clock, log } = deps;
  const book = createNoticeBook(clock);
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let problem: string | undefined;

  const remove = (handles: readonly string[]): void => {
    if (handles.length === 0) return;
    // What could not be removed comes again.
    queue
      ?.remove(handles)
      .catch((error: unknown) => log.warn({ problem: messageOf(error) }, "events stay in the queue"));
  };

  /** Notes what the events say. Returns the handles of those that are done with. */
  const take = (events: readonly QueuedEvent[], home: Parameters<typeof readEvent>[1]): readonly string[] => {
    const done: string[] = [];
    for (const { body, handle } of events) {
      const said = readEvent(body, home);
      if (typeof said === "string") {
        deps.onEvent(said);
        if (said !== "other") log.warn({ said, body: body.slice(0, 500) }, "an event is skipped");
        done.push(handle);
        continue;
      }
      const stays = said.kind === "interruption";
      const isNew = book.note(said, stays ? handle : undefined);
      if (!stays) done.push(handle);
      deps.onEvent(isNew ? said.kind : "repeated");
      if (isNew) {
        log.info({ instance: said.instance, kind: said.kind }, "AWS takes a machine away");
        deps.wake();
      }
    }
    return done;
  };

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const end = () => {
        cancel();
        stopping.signal.removeEventListener("abort", end);
        resolve();
      };
      const cancel = clock.after(ms, end);
      stopping.signal.addEventListener("abort", end);
    });

  const readOnce = async (from: EventQueue): Promise<void> => {
    try {
      const { events, home } = await from.receive(stopping.signal);
      if (problem !== undefined) log.info({}, "the queue of events can be read again");
      problem = undefined;
      remove(take(events, home));
    } catch (error) {
      if (stopping.signal.aborted) return;
      const found = messageOf(error);
      // Told once, not at each try.
      if (found !== problem) log.warn({ problem: found }, "the queue of events cannot be read: nobody hears of Spot");
      problem = found;
      await pause(RETRY_MS);
    }
  };

  const read = async (from: EventQueue): Promise<void> => {
    while (!stopping.signal.aborted) await (deps.isLeading() ? readOnce(from) : pause(STANDBY_MS));
  };

  const noted = (reading: GroupReading, lookedAtMs: number): GroupReading => {
    if (!reading.ok) return reading;
    const { members } = reading.value;
    const closed = book.settle(new Set(members.map(({ id }) => id)), lookedAtMs);
    for (const { wasMember } of closed) if (!wasMember) deps.onEvent("not-ours");
    remove(closed.flatMap(({ handle }) => handle ?? []));
    const withNotice = members.map((member) => {
      const notice = book.of(member.id);
      return notice === undefined ? member : { ...member, notice };
    });
    return { ok: true, value: { ...reading.value, members: withNotice } };
  };

  return {
    withNotices: (group) => ({
      describe: async () => {
        const lookedAtMs = clock.monotonicMs();
        return noted(await group.describe(), lookedAtMs);
      },
    }),
    start: () => {
      if (queue) running = read(queue);
    },
    stop: async () => {
      stopping.abort(new Error("the scaler stops"));
      await running;
    },
  };
}
