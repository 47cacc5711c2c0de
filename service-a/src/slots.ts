/** A place in the house: first in the queue, then in a slot. */
export interface Place {
  /** Frees the slot or the place in the queue and lets the next one start. Calling it again does nothing. */
  leave(): void;
}

/** The capacity of one replica: a number of slots and a first-come-first-served queue in front of them. */
export interface Slots {
  /** Calls `start` once a slot is free (at once where one is), or answers undefined when the house is full. */
  enter(start: () => void): Place | undefined;
  /** Requests that hold a slot. */
  working(): number;
  /** Requests in the queue. */
  waiting(): number;
}

/** Slots for `concurrency` requests; with those waiting, at most `maxRequests` are in the house. No timers. */
export function createSlots(limits: { readonly concurrency: number; readonly maxRequests: number }): Slots {
  // A set keeps insertion order and deletes in constant time, so somebody who leaves the queue costs nothing.
  const queue = new Set<() => void>();
  let working = 0;

  const startNext = (): void => {
    for (const begin of queue) {
      if (working >= limits.concurrency) return;
      queue.delete(begin);
      begin();
    }
  };

  return {
    enter(start) {
      if (working + queue.size >= limits.maxRequests) return undefined;
      let state: "waiting" | "working" | "left" = "waiting";
      const begin = (): void => {
        state = "working";
        working += 1;
        start();
      };
      queue.add(begin);
      startNext();
      return {
        leave() {
          if (state === "left") return;
          if (state === "working") working -= 1;
          else queue.delete(begin);
          state = "left";
          startNext();
        },
      };
    },
    working: () => working,
    waiting: () => queue.size,
  };
}
