import { type Clock, monotonicOf } from "../runtime/clock.ts";

/** Puts AWS's times on the scaler's own monotonic clock. */
export interface TimeLine {
  /**
   * Where each event is, by its key (epoch ms by AWS's clock → ms of the monotonic one). Every event is placed once, when it is first
   * seen, so a machine's clock that is set later moves none. One that was not there at the look before cannot be older than that look.
   */
  place(events: ReadonlyMap<string, number>): ReadonlyMap<string, number>;
}

/** A time line that remembers the events of the last look. */
export function createTimeLine(clock: Pick<Clock, "nowMs" | "monotonicMs">): TimeLine {
  let known: ReadonlyMap<string, number> = new Map();
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  return {
    place: (events) => {
      const nowMs = clock.monotonicMs();
      const placed = (awsMs: number) => Math.min(nowMs, Math.max(lookedAtMs, monotonicOf(clock, awsMs)));
      known = new Map([...events].map(([key, awsMs]) => [key, known.get(key) ?? placed(awsMs)]));
      lookedAtMs = nowMs;
      return known;
    },
  };
}
