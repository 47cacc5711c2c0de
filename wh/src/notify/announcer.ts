import type { Clock } from "../clock.ts";
import { type Log, messageOf } from "../log.ts";
import type { Channel } from "./channel.ts";

/** Lines said within this time become one message. */
const COALESCE_MS = 2_000;
/** At most one message per channel in this time. */
const GAP_MS = 10_000;
const LINES_LIMIT = 20;

/** Tells people, never holding anything up: lines are gathered, sent together, and cut when there are too many. */
export interface Announcer {
  say(line: string): void;
  /** Sends what waits, once, regardless of the gap. Never throws. */
  flush(): Promise<void>;
}

/** An announcer over any number of channels, none of which can delay another. */
export function createAnnouncer(deps: {
  readonly channels: readonly Channel[];
  readonly clock: Clock;
  readonly log: Log;
  readonly title: string;
}): Announcer {
  const { channels, clock, log, title } = deps;
  let lines: string[] = [];
  let left = 0;
  let lastSentAtMs = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;

  const flush = async () => {
    cancel?.();
    cancel = undefined;
    if (lines.length === 0) return;
    const text = [`${title}:`, ...lines, ...(left > 0 ? [`and ${left} more`] : [])].join("\n");
    lines = [];
    left = 0;
    lastSentAtMs = clock.monotonicMs();
    await Promise.all(
      channels.map(async (channel) => {
        try {
          await channel.send(text);
        } catch (error) {
          log.warn({ channel: channel.name, problem: messageOf(error) }, "a message to people was not delivered");
        }
      }),
    );
  };

  return {
    say: (line) => {
      if (channels.length === 0) return;
      if (lines.length < LINES_LIMIT) lines.push(line);
      else left++;
      const dueInMs = Math.max(COALESCE_MS, lastSentAtMs + GAP_MS - clock.monotonicMs());
      cancel ??= clock.after(dueInMs, () => void flush());
    },
    flush,
  };
}
