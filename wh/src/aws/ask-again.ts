import type { Clock } from "../clock.ts";

/** Asks at most every `afterMs`, and gives the last answer in between: for what changes slowly and is read with each tick. */
export function askAgainAfter<T>(
  afterMs: number,
  clock: Pick<Clock, "monotonicMs">,
  ask: () => Promise<T>,
): () => Promise<T> {
  let asked: { readonly atMs: number; readonly answer: T } | undefined;
  return async () => {
    const atMs = clock.monotonicMs();
    if (asked === undefined || atMs - asked.atMs >= afterMs) asked = { atMs, answer: await ask() };
    return asked.answer;
  };
}
