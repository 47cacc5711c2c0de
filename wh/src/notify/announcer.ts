import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { firstOf, wellFormed } from "../text/code-points.ts";
import type { Channel } from "./channel.ts";
import { createOutbox } from "./outbox.ts";

/** Lines said within this time become one message. */
const COALESCE_MS = 2_000;
/** At most one message per channel in this time. */
const GAP_MS = 10_000;
/** Of more lines than this news are left out; trouble is not, up to the second, which only bounds the memory. */
const LINES_LIMIT = 20;
const TROUBLE_LIMIT = 500;
/** A line is a sentence; what a program wrote may be in it, but not all of it. UTF-16 code units. */
const LINE_LIMIT = 1_000;
const FLUSH_MS = 5_000;

/** News are nice to know; trouble is what somebody has to look at, and is kept when not everything can be. */
export type Weight = "news" | "trouble";

/** Tells people, never holding anything up: lines are gathered, sent together, and cut when there are too many. */
export interface Announcer {
  say(line: string, weight?: Weight): void;
  /** Sends what waits, once, regardless of the gap; takes at most 5 s. Never throws. */
  flush(): Promise<void>;
}

/** An announcer over any number of channels, none of which can delay another. */
export function createAnnouncer(deps: {
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly log: Log;
  readonly title: string;
}): Announcer {
  const { clock, title } = deps;
  const outboxes = deps.channels.map((channel) => createOutbox(channel, deps));
  let lines: { readonly text: string; readonly weight: Weight }[] = [];
  let left = 0;
  let lastSentAtMs = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;

  const gather = () => {
    cancel?.();
    cancel = undefined;
    if (lines.length === 0) return;
    const texts = lines.map(({ text }) => text);
    const text = [`${title}:`, ...texts, ...(left > 0 ? [`and ${left} more`] : [])].join("\n");
    const isImportant = lines.some(({ weight }) => weight === "trouble");
    lines = [];
    left = 0;
    lastSentAtMs = clock.monotonicMs();
    for (const outbox of outboxes) outbox.put({ text, isImportant });
  };
  const keep = (text: string, weight: Weight) => {
    const isFull = lines.length >= LINES_LIMIT;
    if (isFull && (weight === "news" || lines.length >= TROUBLE_LIMIT)) {
      left++;
      return;
    }
    const lightest = isFull ? lines.findLastIndex((line) => line.weight === "news") : -1;
    if (lightest !== -1) {
      lines.splice(lightest, 1);
      left++;
    }
    lines.push({ text, weight });
  };

  return {
    say: (line, weight = "news") => {
      if (outboxes.length === 0) return;
      keep(firstOf(wellFormed(line), LINE_LIMIT), weight);
      const dueInMs = Math.max(COALESCE_MS, lastSentAtMs + GAP_MS - clock.monotonicMs());
      cancel ??= clock.after(dueInMs, gather);
    },
    flush: async () => {
      gather();
      await Promise.all(outboxes.map((outbox) => outbox.flush(FLUSH_MS)));
    },
  };
}
