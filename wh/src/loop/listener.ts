import type { Outcome } from "../act/outcome.ts";
import type { DecisionRecord } from "./decision-record.ts";
import type { TickResult } from "./tick-result.ts";

/** Hears of each tick once it has decided, and of each action once it has ended. */
export interface Listener {
  readonly onTick?: (result: TickResult) => void;
  readonly onOutcome?: (record: DecisionRecord, outcome: Outcome) => void;
}

/** One listener that tells all, in their order. */
export function listenersOf(listeners: readonly Listener[]): Required<Listener> {
  return {
    onTick: (result) => {
      for (const listener of listeners) listener.onTick?.(result);
    },
    onOutcome: (record, outcome) => {
      for (const listener of listeners) listener.onOutcome?.(record, outcome);
    },
  };
}

/** Hears only of ticks that are acted upon: those of the scaler that leads. */
export function whileLeading(onTick: (result: TickResult) => void): Listener {
  return { onTick: (result) => (result.isStandby ? undefined : onTick(result)) };
}
