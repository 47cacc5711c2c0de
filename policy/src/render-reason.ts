import type { Reason } from "./decision.ts";

/** A reason as one English sentence with its numbers. */
export function renderReason(reason: Reason): string {
  return reason.code;
}
