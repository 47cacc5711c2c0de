import type { Clock } from "../runtime/clock.ts";

/** Asks at most every `afterMs`, and gives the last answer in between: for what changes slowly and is read with each tick. Never asks twice at once. */
export function askAgainAfter<T>(
  afterMs: number,
  clock: Pick<Clock, "monotonicMs">,
  ask: () => Promise<T>,
): () => Promise<T> {
  let asked: { readonly atMs: number; readonly answer: T } | undefined;
  let asking: Promise<T> | undefined;
  const askNow = async () => {
    const atMs = clock.monotonicMs();
    try {
      const answer = await ask();
      asked = { atMs, answer };
      return answer;
    } finally {
      asking = undefined;
    }
  };
  return async () => {
    if (asked !== undefined && clock.monotonicMs() - asked.atMs < afterMs) return asked.answer;
    asking ??= askNow();
    return asking;
  };
}
