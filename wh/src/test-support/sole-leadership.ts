import type { Leadership } from "../leader/ports.ts";

/** The leadership of a scaler without a rival; fences count up from `firstFence`. */
export function createSoleLeadership(firstFence = 1): Leadership {
  let next = firstFence;
  return { mandate: () => "everything", nextFence: () => next++, confirm: async () => "held" };
}
