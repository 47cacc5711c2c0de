import type { FleetConfig } from "@compose-fleet/fleet";
import { isEventful, paceMs } from "@compose-fleet/policy";
import type { Clock } from "../runtime/clock.ts";
import type { TickResult } from "./tick-result.ts";

/** How fast the loop runs, as the policy says. */
export interface Pace {
  onTick(result: Pick<TickResult, "decisions" | "observation">): void;
  /** Milliseconds between two ticks. */
  intervalMs(hasSignal: boolean): number;
}

/** The pace by `scaling.loop`, and by whether there is more to look for than alerts tell. */
export function createPace(config: Pick<FleetConfig, "scaling" | "services">, clock: Clock): Pace {
  let eventfulAtMs = Number.NEGATIVE_INFINITY;
  return {
    onTick: ({ decisions, observation }) => {
      if (isEventful(decisions, observation)) eventfulAtMs = clock.monotonicMs();
    },
    intervalMs: (hasSignal) => paceMs(config, { hasSignal, sinceEventfulMs: clock.monotonicMs() - eventfulAtMs }),
  };
}
